using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Sessions;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Redis;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

/// <summary>Sessions in the browser: signing in with a password, cookies, forged requests, lock-out, their end.</summary>
public sealed class SessionTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private const string Name = "administrator";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstStart_WithoutKeys_MakesOnePasswordThatIsKeptAsASlowHash()
    {
        await using var app = App();
        var administrator = app.Services.GetRequiredService<LocalAdministrator>();
        await administrator.EnsureAsync(Stop);
        var first = await HashAsync(app);

        await administrator.EnsureAsync(Stop);

        Assert.Equal(first, await HashAsync(app));
        Assert.StartsWith("AQAAAA", first);                                     // ASP.NET Core Identity, version 3: PBKDF2 with HMAC-SHA512
        Assert.False(await administrator.VerifyAsync("guess", Stop));
        Assert.Matches("^([0-9a-f]{4}-){7}[0-9a-f]{4}$", await administrator.ChangeAsync(Stop));
    }

    [Fact]
    public async Task SignIn_RightPassword_GivesACookieThatNoScriptAndNoOtherSiteCanUse()
    {
        await using var app = App();
        using var browser = new Browser(app);

        Assert.Equal(HttpStatusCode.NoContent, await browser.SignInAsync(Name, await PasswordAsync(app)));

        var cookie = browser.Set.Single(line => line.StartsWith("moodstream-session=", StringComparison.Ordinal));
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
        using var session = await browser.SendAsync(HttpMethod.Get, "/v1/session");
        Assert.True(session.Headers.CacheControl?.NoStore);
        var who = await session.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(Name, who.GetProperty("person").GetString());
        Assert.Equal("2026-03-15T03:09:26+00:00", who.GetProperty("endsAt").GetString());
    }

    [Fact]
    public async Task SignIn_BehindTls_SealsEveryCookieToThisHost()
    {
        await using var app = App(("MoodStream:Access:PublicUrl", "https://mood.example"));
        using var browser = new Browser(app, "https://localhost");

        await browser.SignInAsync(Name, await PasswordAsync(app));
        await browser.TokenAsync();

        Assert.Equal(["__Host-moodstream-csrf", "__Host-moodstream-session"], browser.Cookies.Keys.Order());
        Assert.All(browser.Set, line => Assert.Contains("; secure", line, StringComparison.OrdinalIgnoreCase));
        using var page = await browser.SendAsync(HttpMethod.Get, "/login");
        Assert.Equal("max-age=31536000; includeSubDomains", page.Headers.GetValues("Strict-Transport-Security").Single());
    }

    [Fact]
    public async Task Change_WithASession_NeedsTheTokenAgainstForgedRequests()
    {
        await using var app = App();
        using var browser = new Browser(app);
        await browser.SignInAsync(Name, await PasswordAsync(app));
        var token = await browser.TokenAsync();

        using (var without = await browser.SendAsync(HttpMethod.Post, "/v1/review/parts/claims", new { count = 1 }))
            await Problems.AssertAsync(without, 403, "forged-request");
        using (var wrong = await browser.SendAsync(HttpMethod.Post, "/v1/review/parts/claims", new { count = 1 }, ("X-CSRF-Token", token[..^4] + "AAAA")))
            await Problems.AssertAsync(wrong, 403, "forged-request");
        using var right = await browser.SendAsync(HttpMethod.Post, "/v1/review/parts/claims", new { count = 1 }, ("X-CSRF-Token", token));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Token_OfAnotherSession_IsRefused()
    {
        await using var app = App();
        var password = await PasswordAsync(app);
        using var one = new Browser(app);
        using var other = new Browser(app);
        await one.SignInAsync(Name, password);
        await other.SignInAsync(Name, password);
        var stolen = await other.TokenAsync();
        await one.TokenAsync();

        using var response = await one.SendAsync(HttpMethod.Post, "/v1/review/parts/claims", new { count = 1 }, ("X-CSRF-Token", stolen));

        await Problems.AssertAsync(response, 403, "forged-request");
    }

    [Fact]
    public async Task SignOut_EndsTheSessionForWhoeverKeptTheCookie()
    {
        await using var app = App();
        using var browser = new Browser(app);
        await browser.SignInAsync(Name, await PasswordAsync(app));
        var kept = browser.Cookies["moodstream-session"];

        using (var left = await browser.SendAsync(HttpMethod.Delete, "/v1/session", null, ("X-CSRF-Token", await browser.TokenAsync())))
            Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);

        Assert.DoesNotContain("moodstream-session", browser.Cookies.Keys);
        browser.Cookies["moodstream-session"] = kept;
        await AssertSignedOutAsync(browser);
    }

    [Fact]
    public async Task Session_WithoutRequests_EndsAfterItsIdleTime()
    {
        await using var app = App();
        using var browser = new Browser(app);
        await browser.SignInAsync(Name, await PasswordAsync(app));

        app.Clock.Advance(TimeSpan.FromMinutes(29));
        await browser.TokenAsync();                                              // past the half: it goes on for 30 minutes
        app.Clock.Advance(TimeSpan.FromMinutes(29));
        await browser.TokenAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(31));

        await AssertSignedOutAsync(browser);
    }

    [Fact]
    public async Task Session_InUse_EndsAtItsLimit()
    {
        await using var app = App(("MoodStream:Access:SessionLimit", "01:00:00"));
        using var browser = new Browser(app);
        await browser.SignInAsync(Name, await PasswordAsync(app));

        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(25));
            await browser.TokenAsync();
        }
        app.Clock.Advance(TimeSpan.FromMinutes(10));

        await AssertSignedOutAsync(browser);
    }

    [Fact]
    public async Task ChangePassword_GivesAnotherAndEndsEverySession()
    {
        await using var app = App();
        var password = await PasswordAsync(app);
        using var browser = new Browser(app);
        using var other = new Browser(app);
        await browser.SignInAsync(Name, password);
        await other.SignInAsync(Name, password);
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        using var response = await browser.SendAsync(
            HttpMethod.Post, "/v1/session/password", new { password }, ("X-CSRF-Token", await browser.TokenAsync()));

        var changed = (await response.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("password").GetString()!;
        await AssertSignedOutAsync(browser);
        await AssertSignedOutAsync(other);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync(Name, password));
        Assert.Equal(HttpStatusCode.NoContent, await browser.SignInAsync(Name, changed));
    }

    [Theory]
    [InlineData("administrator", "wrong")]
    [InlineData("nobody", "wrong")]
    [InlineData("administrator", "")]
    [InlineData("", "")]
    public async Task SignIn_WrongNameOrPassword_IsAnsweredAlike(string name, string password)
    {
        await using var app = App();
        await PasswordAsync(app);
        using var browser = new Browser(app);

        using var response = await browser.SendAsync(HttpMethod.Post, "/v1/session", new { name, password });

        var problem = await Problems.AssertAsync(response, 401, "sign-in-refused");
        Assert.Equal("Name or password is wrong. Both were logged at the first start.", problem.GetProperty("detail").GetString());
        Assert.Empty(browser.Cookies);
    }

    [Fact]
    public async Task SignIn_FromAnotherSitesPage_IsRefused()
    {
        await using var app = App();
        using var browser = new Browser(app);

        Assert.Equal(HttpStatusCode.Forbidden, await browser.SignInAsync(Name, await PasswordAsync(app), ("Sec-Fetch-Site", "cross-site")));
    }

    [Fact]
    public async Task SignIn_FiveWrongPasswords_MakesTheNextWaitLongerAndLonger()
    {
        await using var app = App();
        var password = await PasswordAsync(app);
        using var browser = new Browser(app);
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync(Name, "wrong"));

        using (var locked = await browser.SendAsync(HttpMethod.Post, "/v1/session", new { name = Name, password }))
        {
            await Problems.AssertAsync(locked, 429, "too-many-attempts");
            Assert.Equal(TimeSpan.FromSeconds(2), locked.Headers.RetryAfter?.Delta);
        }
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync(Name, "wrong"));
        using (var longer = await browser.SendAsync(HttpMethod.Post, "/v1/session", new { name = Name, password }))
            Assert.Equal(TimeSpan.FromSeconds(4), longer.Headers.RetryAfter?.Delta);
        app.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(HttpStatusCode.NoContent, await browser.SignInAsync(Name, password));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 2)]
    [InlineData(6, 4)]
    [InlineData(9, 32)]
    [InlineData(10, 60)]
    [InlineData(1_000_000, 60)]
    public void WaitAfter_Failures_DoublesUpToAMinute(long failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), SignInLockout.WaitAfter(failures));

    [Fact]
    public async Task SignIn_MoreOftenThanAllowed_IsRefused()
    {
        await using var app = App(("MoodStream:Access:SignInsPerMinute", "3"));
        using var browser = new Browser(app);
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("nobody", "wrong"));

        using var response = await browser.SendAsync(HttpMethod.Post, "/v1/session", new { name = "nobody", password = "wrong" });

        await Problems.AssertAsync(response, 429, "too-many-attempts");
        Assert.Equal(TimeSpan.FromMinutes(1), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Session_AtAnotherGateway_IsKnown()
    {
        await using var one = App();
        await using var two = App();
        using var browser = new Browser(one);
        using var elsewhere = new Browser(two);
        await browser.SignInAsync(Name, await PasswordAsync(one));

        foreach (var (name, value) in browser.Cookies) elsewhere.Cookies[name] = value;

        Assert.NotEmpty(await elsewhere.TokenAsync());
    }

    [Fact]
    public async Task Session_InRedis_TellsNeitherIdNorPerson()
    {
        await using var app = App();
        using var browser = new Browser(app);
        await browser.SignInAsync(Name, await PasswordAsync(app));

        var connection = await app.Services.GetRequiredService<RedisConnection>().GetAsync(Stop);
        var keys = await connection.GetServers()[0].KeysAsync(pattern: RedisKeys.Session("*")).ToListAsync(Stop);

        Assert.NotEmpty(keys);
        foreach (var key in keys)
        {
            Assert.Matches("^moodstream:review:session:[0-9a-f]{64}$", key.ToString());
            Assert.DoesNotContain(Name, (await connection.GetDatabase().StringGetAsync(key)).ToString());
        }
    }

    [Fact]
    public async Task ProtectionKeys_WithAFolder_StayThere()
    {
        var folder = Directory.CreateTempSubdirectory("moodstream-keys-");
        try
        {
            await using var app = App(("MoodStream:Access:KeyFolder", folder.FullName));
            using var browser = new Browser(app);
            await browser.SignInAsync(Name, await PasswordAsync(app));

            Assert.Single(folder.GetFiles("key-*.xml"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Trail_OfAnEvening_TellsWhoCameWhoDidNotAndWhoWasLockedOut()
    {
        await using var app = App();
        var password = await PasswordAsync(app);
        await app.Services.GetRequiredService<AccessAudit>().FlushAsync(Stop);
        await app.Services.GetRequiredService<OutboxPump>().PumpAsync(Stop);
        var before = AuditTrail.Of(app).Count;
        using var browser = new Browser(app);
        for (var i = 0; i < 5; i++) await browser.SignInAsync(Name, "wrong");
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        await browser.SignInAsync(Name, password);
        using (await browser.SendAsync(HttpMethod.Delete, "/v1/session", null, ("X-CSRF-Token", await browser.TokenAsync()))) { }

        await app.Services.GetRequiredService<AccessAudit>().FlushAsync(Stop);
        await app.Services.GetRequiredService<OutboxPump>().PumpAsync(Stop);

        var told = AuditTrail.Of(app).Skip(before).Select(link => (link.Actor, link.Event)).ToList();
        Assert.Equal(5, told.Count(t => t == (Name, "sign-in-refused")));
        Assert.Contains((Name, "locked-out"), told);
        Assert.Contains((Name, "signed-in"), told);
        Assert.Contains((Name, "signed-out"), told);
    }

    private GatewayApp App(params (string Key, string Value)[] settings) => new GatewayApp().With(
    [
        ("MoodStream:Review:Enabled", "true"), ("MoodStream:Redis:Address", redis.Redis.Address),
        ("MoodStream:Access:SignInsPerMinute", "1000"), .. settings,
    ]);

    // Tests share the Redis, and with it the failures of the test before.
    private static async Task<string> PasswordAsync(GatewayApp app)
    {
        await app.Services.GetRequiredService<SignInLockout>().ForgetAsync(Name, Stop);
        return await app.Services.GetRequiredService<LocalAdministrator>().ChangeAsync(Stop);
    }

    private static async Task<string> HashAsync(GatewayApp app) => (await app.Services.GetRequiredService<RedisConnection>().RunAsync(
        (database, _) => database.HashGetAsync(RedisKeys.AdministratorPassword(), "hash"), Stop)).ToString();

    private static async Task AssertSignedOutAsync(Browser browser)
    {
        using var response = await browser.SendAsync(HttpMethod.Get, "/v1/session");
        await Problems.AssertAsync(response, 401, "not-authenticated");
    }
}
