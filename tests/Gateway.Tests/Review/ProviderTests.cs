using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.Gateway.Settings;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

/// <summary>OpenID Connect against a real provider: tokens of every kind of wrong, roles and gates by claims, sign-in in the browser.</summary>
public sealed class ProviderTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private const string Gates = "/v1/review/gates";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_OfTheProvider_IsTaken()
    {
        await using var app = await StartAsync();

        var who = await ReadAsync(app, await app.Provider.TokenAsync());

        Assert.Equal("person-7", who.GetProperty("person").GetString());
        Assert.Equal(["Reviewer"], who.GetProperty("roles").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(["parts"], who.GetProperty("gates").EnumerateArray().Select(g => g.GetString()));
        Assert.False(who.TryGetProperty("csrfToken", out _));
    }

    [Fact]
    public async Task Token_LikeTheProviders_IsTaken()
    {
        // Shows that the forgeries below are refused for what was changed, and for nothing else.
        await using var app = await StartAsync();

        Assert.Equal(200, await StatusAsync(app, app.Provider.Forge()));
    }

    [Theory]
    [InlineData("wrong audience")]
    [InlineData("no audience")]
    [InlineData("the client's audience")]
    [InlineData("wrong issuer")]
    [InlineData("expired")]
    [InlineData("without an end")]
    [InlineData("not valid yet")]
    [InlineData("tampered payload")]
    [InlineData("tampered signature")]
    [InlineData("no algorithm")]
    [InlineData("no signature")]
    [InlineData("unknown key")]
    [InlineData("known key id, other key")]
    [InlineData("shared secret")]
    [InlineData("public key as shared secret")]
    [InlineData("other type")]
    [InlineData("no name")]
    [InlineData("name of a key")]
    [InlineData("no token at all")]
    public async Task Token_Forged_IsRefused(string how)
    {
        await using var app = await StartAsync();

        Assert.Equal(401, await StatusAsync(app, Forged(app.Provider, how)));
    }

    [Theory]
    [InlineData(29, 200)]
    [InlineData(31, 401)]
    public async Task Token_AfterItsEnd_IsTakenAsLongAsClocksMayDiffer(int seconds, int status)
    {
        await using var app = await StartAsync();
        var token = app.Provider.Forge();

        app.Review.Gateway.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(seconds));

        Assert.Equal(status, await StatusAsync(app, token));
    }

    [Fact]
    public async Task Token_WithoutTheRoleOrTheGate_IsRefused()
    {
        await using var app = await StartAsync();
        var reviewer = app.Provider.Forge();
        app.Provider.Claims.Clear();
        app.Provider.Claims.Add(("roles", "Reviewer"));
        var gateless = app.Provider.Forge();
        app.Provider.Claims.Clear();
        app.Provider.Claims.Add(("gates", "parts"));
        var roleless = app.Provider.Forge();

        Assert.Equal(200, await StatusAsync(app, reviewer, "/v1/review/parts/cases"));
        Assert.Equal(403, await StatusAsync(app, reviewer, "/v1/review/other/cases"));
        Assert.Equal(403, await StatusAsync(app, gateless, "/v1/review/parts/cases"));
        Assert.Equal(403, await StatusAsync(app, roleless, "/v1/review/parts/cases"));
    }

    [Fact]
    public async Task Claims_ByTheMap_MakeRolesAndGates()
    {
        await using var app = await StartAsync(
            ("MoodStream:Access:Oidc:RoleClaim", "groups"),
            ("MoodStream:Access:Oidc:Roles:Senior:0", "quality/leads"),
            ("MoodStream:Access:Oidc:Roles:Operator:0", "plant-it"),
            ("MoodStream:Access:Oidc:Roles:Operator:1", "quality/leads"),
            ("MoodStream:Access:Oidc:GateClaim", "groups"),
            ("MoodStream:Access:Oidc:Gates:parts:0", "hall-3"),
            ("MoodStream:Access:Oidc:Gates:*:0", "everything"));

        var lead = await ReadAsync(app, Grouped("quality/leads", "hall-3"));
        var boss = await ReadAsync(app, Grouped("plant-it", "everything"));
        var guest = Grouped("Senior", "parts");                                 // names of roles mean nothing where there is a map

        Assert.Equal(["Operator", "Senior"], lead.GetProperty("roles").EnumerateArray().Select(r => r.GetString()).Order());
        Assert.Equal(["parts"], lead.GetProperty("gates").EnumerateArray().Select(g => g.GetString()));
        Assert.False(boss.TryGetProperty("gates", out _));
        Assert.Equal(403, await StatusAsync(app, guest));

        string Grouped(params string[] groups) => app.Provider.Forge(token => token.Claims["groups"] = groups);
    }

    [Fact]
    public async Task Browser_AtTheProvider_ComesBackWithASession()
    {
        await using var app = await StartAsync();
        using var browser = new Browser(app.Review.Gateway);

        var location = await SignInAsync(app, browser);

        Assert.Equal("/review", location);
        Assert.Equal("S256", app.Provider.Asked!.CodeChallengeMethod);
        Assert.NotEmpty(app.Provider.Asked.CodeChallenge!);
        Assert.NotEmpty(app.Provider.Asked.Nonce!);
        Assert.Equal("openid profile", app.Provider.Asked.Scope);
        Assert.Equal(["moodstream-session"], browser.Cookies.Keys);
        var token = await browser.TokenAsync();
        using var claim = await browser.SendAsync(HttpMethod.Post, "/v1/review/parts/claims", new { count = 1 }, ("X-CSRF-Token", token));
        Assert.Equal(HttpStatusCode.OK, claim.StatusCode);
        using var other = await browser.SendAsync(HttpMethod.Get, "/v1/review/other/cases");
        await Problems.AssertAsync(other, 403, "not-allowed");
    }

    [Fact]
    public async Task Browser_WhoseAnswerBelongsToAnotherBrowser_IsRefused()
    {
        await using var app = await StartAsync();
        using var attacker = new Browser(app.Review.Gateway);
        using var victim = new Browser(app.Review.Gateway);
        var answer = await AnswerOfAsync(app, attacker);

        using var response = await victim.SendAsync(HttpMethod.Get, answer);

        Assert.Equal("/login?refused", response.Headers.Location?.OriginalString);
        Assert.Empty(victim.Cookies);
    }

    [Fact]
    public async Task Browser_OfSomebodyWithTheNameOfAKey_IsRefused()
    {
        await using var app = await StartAsync();
        app.Provider.Subject = "ann";
        using var browser = new Browser(app.Review.Gateway);

        Assert.Equal("/login?refused", await SignInAsync(app, browser));
        Assert.DoesNotContain("moodstream-session", browser.Cookies.Keys);
    }

    [Fact]
    public async Task SignOut_OfWhoeverSignedInAtTheProvider_EndsTheSessionThereToo()
    {
        await using var app = await StartAsync();
        app.Provider.SignedOutAddress = "http://localhost/login";
        using var browser = new Browser(app.Review.Gateway);
        await SignInAsync(app, browser);

        using var response = await browser.SendAsync(HttpMethod.Delete, "/v1/session", null, ("X-CSRF-Token", await browser.TokenAsync()));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var address = (await response.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("provider").GetString()!;
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var ended = await client.GetAsync(address, Stop);

        Assert.StartsWith(app.Provider.Authority + "connect/end?", address, StringComparison.Ordinal);
        Assert.Equal("http://localhost/login", ended.Headers.Location?.GetLeftPart(UriPartial.Path));
        Assert.Equal(("person-7", OidcProvider.Client), (app.Provider.EndedSubject, app.Provider.Ended?.ClientId));
        using var after = await browser.SendAsync(HttpMethod.Get, "/v1/session");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task SignOut_WhileTheProviderIsAway_EndsTheSessionHere()
    {
        var app = await StartAsync();
        await using var review = app.Review;
        using var browser = new Browser(review.Gateway);
        await SignInAsync(app, browser);
        var token = await browser.TokenAsync();
        await app.Provider.DisposeAsync();
        var options = review.Gateway.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectOptions>>();
        options.Get(AccessSchemes.Provider).ConfigurationManager = new Away();

        using var response = await browser.SendAsync(HttpMethod.Delete, "/v1/session", null, ("X-CSRF-Token", token));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        using var after = await browser.SendAsync(HttpMethod.Get, "/v1/session");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task PublicUrl_IsWhereTheProviderSendsPeopleBackTo()
    {
        await using var app = await StartAsync(("MoodStream:Access:PublicUrl", "https://mood.example/"));
        using var browser = new Browser(app.Review.Gateway, "https://localhost");

        using var response = await browser.SendAsync(HttpMethod.Get, "/v1/session/provider");

        var asked = HttpUtility.ParseQueryString(response.Headers.Location!.Query);
        Assert.Equal("https://mood.example/v1/session/callback", asked["redirect_uri"]);
        Assert.All(browser.Set, line => Assert.Contains("; secure", line, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Trail_TellsWhoSignedInAndWhichTokensWereRefused()
    {
        await using var app = await StartAsync();
        var services = app.Review.Gateway.Services;
        using var browser = new Browser(app.Review.Gateway);
        await SignInAsync(app, browser);
        await StatusAsync(app, Forged(app.Provider, "wrong audience"));

        await services.GetRequiredService<AccessAudit>().FlushAsync(Stop);
        await services.GetRequiredService<OutboxPump>().PumpAsync(Stop);

        var told = AuditTrail.Of(app.Review.Gateway).Select(link => (link.Actor, link.Event, link.Detail)).ToList();
        Assert.Contains(("person-7", "signed-in", "provider"), told);
        Assert.Contains(("unknown", "token-refused", "SecurityTokenInvalidAudienceException"), told);
    }

    [Fact]
    public void Settings_ThatDoNotFit_AreToldAtOnce()
    {
        var access = new AccessSettings
        {
            PublicUrl = "http://mood.example", TrustedProxies = ["proxy"], SessionLimit = TimeSpan.FromMinutes(10),
        };
        var oidc = new OidcSettings
        {
            Authority = "http://provider.example", ClientSecret = "secret", Scopes = ["profile"],
            Roles = new Dictionary<string, IReadOnlyList<string>> { ["Chief"] = ["chiefs"] },
        };
        var webhook = new WebhookSettings { Url = "http://10.0.0.7/hook", Secret = "short" };

        Assert.Equal(["PublicUrl", "TrustedProxies", "SessionLimit"], access.Check().Select(problem => problem.Key));
        Assert.Equal(["Authority", "Audience", "ClientSecret", "Scopes", "Roles:Chief"], oidc.Check().Select(problem => problem.Key));
        Assert.Equal(["Url", "Secret"], webhook.Check().Select(problem => problem.Key));
        Assert.DoesNotContain(oidc.Check().Concat(webhook.Check()), problem => problem.Value is "secret" or "short");
        Assert.Empty(new AccessSettings().Check().Concat(new OidcSettings().Check()).Concat(new WebhookSettings().Check()));
    }

    private async Task<App> StartAsync(params (string, string)[] settings)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 14, 15, 9, 26, TimeSpan.Zero));
        var provider = await OidcProvider.StartAsync(clock);
        return new(provider, new ReviewApp(redis, [.. provider.Settings, ("MoodStream:Access:SignInsPerMinute", "1000"), .. settings]));
    }

    private static string Forged(OidcProvider provider, string how)
    {
        using var other = RSA.Create(2048);
        return how switch
        {
            "wrong audience" => provider.Forge(t => t.Audience = "another-api"),
            "no audience" => provider.Forge(t => t.Audience = null),
            "the client's audience" => provider.Forge(t => t.Audience = OidcProvider.Client),   // an identity token is no access token
            "wrong issuer" => provider.Forge(t => t.Issuer = "https://provider.example/"),
            "expired" => provider.Forge(t => (t.NotBefore, t.Expires) = (t.NotBefore - TimeSpan.FromHours(1), t.NotBefore - TimeSpan.FromMinutes(1))),
            "without an end" => provider.Forge(t => t.Expires = null),
            "not valid yet" => provider.Forge(t => t.NotBefore += TimeSpan.FromMinutes(2)),
            "tampered payload" => WithPayload(provider.Forge(), payload => payload.Replace("Reviewer", "Senior!!", StringComparison.Ordinal)),
            "tampered signature" => Flipped(provider.Forge()),
            "no algorithm" => WithoutAlgorithm(provider.Forge()),
            "no signature" => provider.Forge()[..(provider.Forge().LastIndexOf('.') + 1)],
            "unknown key" => provider.Forge(t => t.SigningCredentials = Signing(other, "two")),
            "known key id, other key" => provider.Forge(t => t.SigningCredentials = Signing(other, "one")),
            "shared secret" => provider.Forge(t => t.SigningCredentials = Symmetric(new byte[32])),
            "public key as shared secret" => provider.Forge(t => t.SigningCredentials = Symmetric(((RsaSecurityKey)provider.Key.Key).Rsa.ExportSubjectPublicKeyInfo())),
            "other type" => provider.Forge(t => t.TokenType = "logout+jwt"),
            "no name" => provider.Forge(t => t.Claims.Remove("sub")),
            "name of a key" => provider.Forge(t => t.Claims["sub"] = "ann"),
            "no token at all" => "a.b.c",
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, "Not a forgery."),
        };
    }

    private static SigningCredentials Signing(RSA rsa, string id) => new(new RsaSecurityKey(rsa.ExportParameters(true)) { KeyId = id }, SecurityAlgorithms.RsaSha256);

    private static SigningCredentials Symmetric(byte[] secret) => new(new SymmetricSecurityKey(secret) { KeyId = "one" }, SecurityAlgorithms.HmacSha256);

    private static string WithPayload(string token, Func<string, string> change)
    {
        var parts = token.Split('.');
        var before = Base64UrlEncoder.Decode(parts[1]);
        var after = change(before);
        Assert.NotEqual(before, after);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(after)}.{parts[2]}";
    }

    private static string Flipped(string token)
    {
        var parts = token.Split('.');
        var signature = Base64UrlEncoder.DecodeBytes(parts[2]);
        signature[10] ^= 1;
        return $"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(signature)}";
    }

    private static string WithoutAlgorithm(string token) =>
        $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{token.Split('.')[1]}.";

    private static async Task<int> StatusAsync(App app, string token, string path = Gates)
    {
        using var client = app.Review.Gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.GetAsync(path, Stop);
        return (int)response.StatusCode;
    }

    private static async Task<JsonElement> ReadAsync(App app, string token)
    {
        using var client = app.Review.Gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.GetFromJsonAsync<JsonElement>("/v1/session", Stop);
    }

    private static async Task<string?> SignInAsync(App app, Browser browser)
    {
        using var response = await browser.SendAsync(HttpMethod.Get, await AnswerOfAsync(app, browser));
        return response.Headers.Location?.OriginalString;
    }

    // To the provider and back again: the address with the code.
    private static async Task<string> AnswerOfAsync(App app, Browser browser)
    {
        using var response = await browser.SendAsync(HttpMethod.Get, "/v1/session/provider");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.StartsWith(app.Provider.Authority + "connect/authorize?", response.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await client.GetAsync(response.Headers.Location, Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.AbsoluteUri;
    }

    private sealed class Away : Microsoft.IdentityModel.Protocols.IConfigurationManager<Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration>
    {
        public Task<Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
            throw new InvalidOperationException("IDX20803: unable to obtain configuration");

        public void RequestRefresh()
        {
        }
    }

    private sealed record App(OidcProvider Provider, ReviewApp Review) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Review.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }
}
