using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.Gateway.Settings;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Records;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

/// <summary>Who is refused what: every operation of the API description, so that a new endpoint cannot be forgotten.</summary>
public sealed partial class ReviewAccessTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Whoever adds an operation and forgets its guard finds it missing here, and must say why it needs none.
    private static readonly string[] Open = ["GET /v1/session/ways", "POST /v1/session", "GET /v1/session/provider"];

    [Theory]
    [InlineData("nobody", 401, "not-authenticated")]
    [InlineData("unknown key", 401, "not-authenticated")]
    [InlineData("expired key", 401, "not-authenticated")]
    [InlineData("expired token", 401, "not-authenticated")]
    [InlineData("tampered token", 401, "not-authenticated")]
    [InlineData("cookie of no session", 401, "not-authenticated")]
    [InlineData("wrong role", 403, "not-allowed")]
    [InlineData("wrong gate", 403, "not-allowed")]
    [InlineData("session without the token against forged requests", 403, "forged-request")]
    public async Task EveryOperation_ByWhoeverMayNot_IsRefused(string who, int status, string problem)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 14, 15, 9, 26, TimeSpan.Zero));
        await using var provider = await OidcProvider.StartAsync(clock);
        await using var app = new ReviewApp(redis, [.. provider.Settings, ("MoodStream:Access:GuardImages", "true")]);
        using var browser = new Browser(app.Gateway);
        if (who.StartsWith("session", StringComparison.Ordinal)) await SignInAsync(provider, browser);
        var operations = (await OperationsAsync(app)).Where(operation => !Open.Contains(operation.Name) && Concerns(who, operation)).ToList();

        foreach (var operation in operations)
        {
            app.Gateway.Clock.Advance(TimeSpan.FromSeconds(7));                  // or so many wrong keys would lock the address out
            using var response = await SendAsync(browser, provider, who, operation);
            Assert.True(status == (int)response.StatusCode, $"{operation.Name} answered {(int)response.StatusCode} to {who}");
            await Problems.AssertAsync(response, status, problem);
        }
        Assert.True(operations.Count >= 3, $"{operations.Count} operations were tried");
    }

    [Fact]
    public async Task EveryOperation_OfTheDescription_IsGuardedOrSaidToBeOpen()
    {
        await using var app = new ReviewApp(redis, ("MoodStream:Access:GuardImages", "true"));
        var endpoints = app.Gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))
            .ToList();

        var unguarded = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Select(endpoint => $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single()} {endpoint.RoutePattern.RawText}");

        Assert.Equal(Open.Order(), unguarded.Order());
        Assert.Equal(endpoints.Count, (await OperationsAsync(app)).Count);       // nothing under /v1 is left out of the description
    }

    [Fact]
    public async Task Images_WhereTheyAreNotGuarded_AskNobodyWhoTheyAre()
    {
        await using var app = new ReviewApp(redis);

        using var response = await app.SendAsync(null, HttpMethod.Get, "/v1/live/results");
        using var wrong = await app.SendAsync("nobody", HttpMethod.Get, "/v1/live/results");

        Assert.Equal((200, 200), ((int)response.StatusCode, (int)wrong.StatusCode));
    }

    [Fact]
    public async Task Images_WhereTheyAreGuarded_AreForMachinesThatMayAndForWhoeverSeesEveryGate()
    {
        await using var app = new ReviewApp(redis, ("MoodStream:Access:GuardImages", "true"));

        Assert.Equal(202, await StatusAsync(app, "belt", HttpMethod.Post, "/v1/sources/belt-1/images"));
        Assert.Equal(403, await StatusAsync(app, "ann", HttpMethod.Post, "/v1/sources/belt-1/images"));
        Assert.Equal(403, await StatusAsync(app, "belt", HttpMethod.Get, "/v1/live/results"));
        Assert.Equal(200, await StatusAsync(app, "aud", HttpMethod.Get, "/v1/live/results"));
        Assert.Equal(403, await StatusAsync(app, "far", HttpMethod.Get, "/v1/live/results"));
        Assert.Equal(403, await StatusAsync(app, "belt", HttpMethod.Get, "/v1/review/gates"));
    }

    [Fact]
    public async Task Keys_ThatOverlap_ChangeWithoutAGap()
    {
        await using var app = new ReviewApp(redis,
        [
            ("MoodStream:Review:Keys:belt-old:Sha256", KeyRing.HashOf("key of belt-old")), ("MoodStream:Review:Keys:belt-old:Roles:0", "Reviewer"),
            ("MoodStream:Review:Keys:belt-old:ExpiresAt", "2026-03-14T16:00:00Z"),
            ("MoodStream:Review:Keys:belt-new:Sha256", KeyRing.HashOf("key of belt-new")), ("MoodStream:Review:Keys:belt-new:Roles:0", "Reviewer"),
        ]);

        Assert.Equal(200, await StatusAsync(app, "belt-old", HttpMethod.Get, "/v1/review/gates"));
        Assert.Equal(200, await StatusAsync(app, "belt-new", HttpMethod.Get, "/v1/review/gates"));
        app.Gateway.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, await StatusAsync(app, "belt-old", HttpMethod.Get, "/v1/review/gates"));
        Assert.Equal(200, await StatusAsync(app, "belt-new", HttpMethod.Get, "/v1/review/gates"));
    }

    [Fact]
    public async Task Gates_OfWhoSeesOne_AreThatOne()
    {
        await using var app = new ReviewApp(redis);
        await app.OpenAsync("elsewhere", "image");
        await app.OpenAsync("here", "image");

        var seen = await app.GetAsync("far", "/v1/review/gates");

        Assert.Equal(["elsewhere"], seen.GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("gate").GetString()));
    }

    [Fact]
    public async Task Votes_OfOthers_AreNowhereInTheApiUntilTheCaseIsDecided()
    {
        await using var app = new ReviewApp(redis, ("MoodStream:Review:Gates:blind:Quorum", "2"));
        var id = await app.OpenAsync("blind", "image");
        var claimed = (await app.PostAsync("ann", "/v1/review/blind/claims")).GetProperty("cases")[0];
        await app.PostAsync("ann", $"/v1/review/blind/cases/{id}/decision",
            new { token = claimed.GetProperty("token").GetInt64(), verdict = "out-of-distribution", note = "a telling word" });

        foreach (var path in new[] { "/v1/review/blind/cases", $"/v1/review/blind/cases/{id}", "/v1/review/gates" })
            Assert.DoesNotMatch("out-of-distribution|telling|\"ann\"", (await app.GetAsync("ben", path)).GetRawText());
        var bens = await app.PostAsync("ben", "/v1/review/blind/claims");
        Assert.DoesNotMatch("out-of-distribution|telling|\"ann\"", bens.GetRawText());
    }

    [Fact]
    public async Task Refusals_InAFlood_FillTheTrailWithOneNumber()
    {
        await using var app = new ReviewApp(redis);
        var audit = app.Gateway.Services.GetRequiredService<AccessAudit>();
        for (var i = 0; i < 10_000; i++) audit.Refused("unknown", "key-refused", "203.0.113.9", "flood");
        app.Gateway.Clock.Advance(TimeSpan.FromMinutes(1));

        await audit.FlushAsync(Stop);
        await ((OutboxPump)app.Gateway.Services.GetService(typeof(OutboxPump))!).PumpAsync(Stop);

        var told = AuditTrail.Of(app.Gateway);
        Assert.Equal(AccessAudit.MostPerMinute, told.Count(link => link.Detail == "flood"));
        Assert.StartsWith("9940 more since", told.Single(link => link.Event == "refusals-left-out").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trail_OfRefusedUse_NamesTheKeyAndWhatItTried()
    {
        await using var app = new ReviewApp(redis);
        await StatusAsync(app, "aud", HttpMethod.Post, "/v1/review/parts/claims");
        await StatusAsync(app, "far", HttpMethod.Get, "/v1/review/parts/cases");
        await StatusAsync(app, "stranger", HttpMethod.Get, "/v1/review/gates");

        await app.Gateway.Services.GetRequiredService<AccessAudit>().FlushAsync(Stop);
        await ((OutboxPump)app.Gateway.Services.GetService(typeof(OutboxPump))!).PumpAsync(Stop);

        var told = AuditTrail.Of(app.Gateway).Select(link => (link.Actor, link.Event, link.Subject)).ToList();
        Assert.Contains(("aud", "refused", "POST /v1/review/{gate}/claims of parts"), told);
        Assert.Contains(("far", "refused", "GET /v1/review/{gate}/cases of parts"), told);
        Assert.Contains(("unknown", "key-refused", "unknown"), told);
    }

    [Fact]
    public async Task Settings_ThatChangedSinceTheLastStart_AreInTheTrailWithoutSecrets()
    {
        await using (var first = new ReviewApp(redis, ("MoodStream:Review:Lease", "00:01:00")))
            await CompareAsync(first);
        await using var second = new ReviewApp(redis, ("MoodStream:Review:Lease", "00:03:00"), ("MoodStream:Review:Keys:ann:Sha256", KeyRing.HashOf("another")));

        var told = await CompareAsync(second);

        var detail = told.Last(link => link.Event == "settings-changed").Detail;
        Assert.Contains("MoodStream:Review:Lease: 00:01:00 to 00:03:00", detail);
        Assert.Contains("MoodStream:Review:Keys:ann:Sha256: *** to ***", detail);
        Assert.DoesNotContain(KeyRing.HashOf("another"), detail);
        Assert.Equal(told.Count, (await CompareAsync(second)).Count);            // and once only
    }

    [Theory]
    [InlineData("recall")]
    [InlineData("correction")]
    public async Task Leading_ByAReviewer_IsRefused(string what)
    {
        await using var app = new ReviewApp(redis);

        using var response = await app.SendAsync("ann", HttpMethod.Post, $"/v1/review/parts/cases/x/{what}", new { verdict = "unsure" });

        await Problems.AssertAsync(response, 403, "not-allowed");
    }

    [Fact]
    public async Task WrongKeys_TenInAMinute_LockTheAddressOutForAMinute()
    {
        await using var app = new ReviewApp(redis);
        for (var i = 1; i <= 10; i++)
        {
            using var wrong = await app.SendAsync("nobody", HttpMethod.Get, "/v1/review/gates");
            Assert.Equal(i < 10 ? 401 : 429, (int)wrong.StatusCode);
        }

        using (var locked = await app.SendAsync("ann", HttpMethod.Get, "/v1/review/gates"))
            await Problems.AssertAsync(locked, 429, "too-many-attempts");
        app.Gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        using var open = await app.SendAsync("ann", HttpMethod.Get, "/v1/review/gates");
        Assert.Equal(200, (int)open.StatusCode);
    }

    [Fact]
    public async Task Outbox_WhileKafkaIsAway_KeepsEverythingAndTheChainHolds()
    {
        await using var app = new ReviewApp(redis);
        app.Gateway.Producer.Failure = new RecordNotWrittenException("away");
        await app.OpenAsync("kept", "image");
        var pump = (OutboxPump)app.Gateway.Services.GetService(typeof(OutboxPump))!;
        await Assert.ThrowsAsync<RecordNotWrittenException>(() => pump.PumpAsync(Stop));
        await app.PostAsync("ann", "/v1/review/kept/claims");

        app.Gateway.Producer.Failure = null;
        await pump.PumpAsync(Stop);

        var walk = new AuditWalk();
        foreach (var record in app.Gateway.Producer.Written.Where(r => r.Topic == Topics.Audit))
            if (JsonSerializer.Deserialize(record.Value!, WireJson.Default.AuditRecorded) is { Gate: "kept" } link) walk.Add(link);
        Assert.Equal(2, walk.Links["kept"]);
        Assert.Empty(walk.Breaks);
    }

    private static async Task<IReadOnlyList<AuditRecorded>> CompareAsync(ReviewApp app)
    {
        await app.Gateway.Services.GetRequiredService<SettingsAudit>().CompareAsync(Stop);
        await ((OutboxPump)app.Gateway.Services.GetService(typeof(OutboxPump))!).PumpAsync(Stop);
        return AuditTrail.Of(app.Gateway);
    }

    private static async Task<int> StatusAsync(ReviewApp app, string name, HttpMethod method, string path)
    {
        using var client = app.Gateway.CreateClient();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer key of {name}");
        if (method == HttpMethod.Post) request.Content = path.EndsWith("images", StringComparison.Ordinal) ? Samples.Body(Samples.Jpeg) : JsonContent.Create(new { });
        using var response = await client.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }

    private static async Task SignInAsync(OidcProvider provider, Browser browser)
    {
        provider.Claims.Clear();
        provider.Claims.AddRange(Enum.GetNames<ReviewRole>().Select(role => ("roles", role)));
        provider.Claims.Add(("gates", "*"));
        using var sent = await browser.SendAsync(HttpMethod.Get, "/v1/session/provider");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await client.GetAsync(sent.Headers.Location, Stop);
        using var back = await browser.SendAsync(HttpMethod.Get, answer.Headers.Location!.AbsoluteUri);
        Assert.Contains("moodstream-session", browser.Cookies.Keys);
        await browser.TokenAsync();                                              // with its cookie, too, and yet without the header
    }

    // A role or a gate can be wrong where one is asked for; a forged request can do harm where something changes.
    private static bool Concerns(string who, Operation operation) => who switch
    {
        "wrong role" => !operation.Path.StartsWith("/v1/session", StringComparison.Ordinal),
        "wrong gate" => operation.Path.Contains("/parts/", StringComparison.Ordinal) || operation.Path.EndsWith("/parts", StringComparison.Ordinal),
        "session without the token against forged requests" => operation.Method != HttpMethod.Get,
        _ => true,
    };

    private static Task<HttpResponseMessage> SendAsync(Browser browser, OidcProvider provider, string who, Operation operation)
    {
        if (who == "cookie of no session") browser.Cookies["moodstream-session"] = "CfDJ8invented";
        var bearer = who switch
        {
            "unknown key" => "key of a stranger",
            "expired key" => "key of old",
            "expired token" => provider.Forge(t => (t.NotBefore, t.Expires) = (t.NotBefore - TimeSpan.FromHours(2), t.NotBefore - TimeSpan.FromHours(1))),
            "tampered token" => provider.Forge() is var token ? token[..^6] + (token[^6] == 'A' ? 'B' : 'A') + token[^5..] : "",
            "wrong gate" => "key of far",
            // Nobody but an auditor may only look, and nobody but a machine may only put images in.
            "wrong role" => operation.Method == HttpMethod.Get ? "key of belt" : "key of aud",
            _ => null,
        };
        var body = operation.Method == HttpMethod.Get ? null : new { verdict = "unsure", token = 1, count = 1 };
        return bearer is null
            ? browser.SendAsync(operation.Method, operation.Path, body)
            : browser.SendAsync(operation.Method, operation.Path, body, ("Authorization", $"Bearer {bearer}"));
    }

    /// <summary>One operation of the API description, on the gate parts.</summary>
    private sealed record Operation(HttpMethod Method, string Path, string Name);

    private static async Task<List<Operation>> OperationsAsync(ReviewApp app)
    {
        using var client = app.Gateway.CreateClient();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Stop);
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(o => new Operation(
                new(o.Name.ToUpperInvariant()), Parameter().Replace(path.Name.Replace("{gate}", "parts", StringComparison.Ordinal), "x"),
                $"{o.Name.ToUpperInvariant()} {path.Name}")))
            .ToList();
        Assert.True(operations.Count > 20, $"the description has {operations.Count} operations");
        return operations;
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
