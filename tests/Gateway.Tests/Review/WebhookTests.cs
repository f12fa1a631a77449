using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Webhook;
using MoodStream.Gateway.Settings;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;

namespace MoodStream.GatewayTests.Review;

/// <summary>Decisions told by HTTP: signed, tried again, given up into the dead letters, and committed only after.</summary>
public sealed class WebhookTests
{
    private const string Secret = "a secret of thirty-two characters", Before = "the secret before, as long as that";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deliver_ADecision_SignsTimeIdAndBody()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var client = Client(new() { Url = receiver.Address + "/hook?a=1", Secret = Secret, PreviousSecret = Before });

        var outcome = await client.DeliverAsync("case-3", "{\"caseId\":\"case\"}"u8.ToArray(), Stop);

        Assert.Equal(new WebhookOutcome(1, null), outcome);
        var post = receiver.Posts.Single();
        Assert.Equal(("/hook", "case-3", "application/json"), (post.Path, post.Id, post.MediaType));
        Assert.Equal("{\"caseId\":\"case\"}", Encoding.UTF8.GetString(post.Body));
        Assert.Equal($"v1={Hmac(Secret, post)},v1={Hmac(Before, post)}", post.Signature);
    }

    [Fact]
    public void Signature_OfAKnownText_IsThatOfOpenssl()
    {
        // printf '1773501566.case-1.{}' | openssl dgst -sha256 -hmac 'a secret of thirty-two characters'
        var signature = WebhookSignature.Of([Secret], DateTimeOffset.FromUnixTimeSeconds(1773501566), "case-1", "{}"u8);

        Assert.Equal("v1=03ae09dd06572ef996e450d0eb0eae7a915db46498a7d861efec5544a8ddd4b0", signature);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task Deliver_WhileTheReceiverIsBusy_TriesAgainWithTheSameId(int status)
    {
        await using var receiver = await WebhookReceiver.StartAsync(status, status);
        using var client = Client(Impatient(receiver.Address, attempts: 3));

        Assert.Equal(new WebhookOutcome(3, null), await client.DeliverAsync("case-1", [1], Stop));

        Assert.Equal(["case-1", "case-1", "case-1"], receiver.Posts.Select(post => post.Id));
    }

    [Fact]
    public async Task Deliver_ToAReceiverThatStaysBusy_GivesUpAfterTheLastTry()
    {
        await using var receiver = await WebhookReceiver.StartAsync(500, 500, 500, 500);
        using var client = Client(Impatient(receiver.Address, attempts: 3));

        Assert.Equal(new WebhookOutcome(3, "the receiver answered 500"), await client.DeliverAsync("case-1", [1], Stop));
        Assert.Equal(3, receiver.Posts.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(302)]
    public async Task Deliver_WhatIsRefusedForGood_TriesOnceAndFollowsNowhere(int status)
    {
        await using var receiver = await WebhookReceiver.StartAsync(status);
        using var client = Client(Impatient(receiver.Address, attempts: 3));

        Assert.Equal(new WebhookOutcome(1, $"the receiver answered {status}"), await client.DeliverAsync("case-1", [1], Stop));
        Assert.Single(receiver.Posts);
    }

    [Fact]
    public async Task Deliver_WhereNobodyListens_SaysThatItCouldNotBeReached()
    {
        var receiver = await WebhookReceiver.StartAsync();
        await receiver.DisposeAsync();
        using var client = Client(Impatient(receiver.Address, attempts: 2));

        Assert.Equal(new WebhookOutcome(2, "the receiver could not be reached: ConnectionError"), await client.DeliverAsync("case-1", [1], Stop));
    }

    [Theory]
    [InlineData("93.184.216.34", false, true)]
    [InlineData("10.0.0.7", false, true)]
    [InlineData("127.0.0.1", true, true)]
    [InlineData("127.0.0.1", false, false)]
    [InlineData("127.9.9.9", false, false)]
    [InlineData("::1", false, false)]
    [InlineData("::ffff:127.0.0.1", false, false)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("::ffff:169.254.169.254", false, false)]
    [InlineData("fe80::1", false, false)]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("::", false, false)]
    [InlineData("224.0.0.1", false, false)]
    [InlineData("ff02::1", false, false)]
    public void MayConnect_Address_IsWhatASettingMayMean(string address, bool loopbackNamed, bool may) =>
        Assert.Equal(may, WebhookClient.MayConnect(IPAddress.Parse(address), loopbackNamed));

    [Theory]
    [InlineData("https://hooks.example/x", true)]
    [InlineData("https://HOOKS.example:8443/x", true)]
    [InlineData("http://127.0.0.1:9/x", true)]
    [InlineData("http://hooks.example/x", false)]
    [InlineData("https://other.example/x", false)]
    [InlineData("https://hooks.example.evil.example/x", false)]
    [InlineData("https://hooks.example@evil.example/x", false)]
    [InlineData("https://user:word@hooks.example/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("hooks.example", false)]
    public void Settings_Url_LeadsWhereItMayOrNowhere(string url, bool may)
    {
        var settings = new WebhookSettings { Url = url, AllowedHosts = ["hooks.example"], Secret = Secret };

        Assert.Equal(may, !settings.Check().Any());
    }

    [Fact]
    public async Task Relay_ADecision_IsTakenAndThenCommitted()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var app = App(receiver);
        var record = Decision("case", 2);

        app.Feed.WriteDecision(record);
        await Eventually.HoldsAsync(() => app.Feed.Completed.Contains(record.Position), "the decision is committed");

        var post = receiver.Posts.Single();
        Assert.Equal("case-2", post.Id);
        Assert.Equal(record.Value, post.Body);
        Assert.Empty(app.Producer.Written);
        Assert.Equal(1, await app.MetricAsync("moodstream_gateway_webhook_decisions_total{outcome=\"delivered\"}"));
        Assert.Equal(1, await app.MetricAsync("moodstream_gateway_webhook_attempts_total"));
    }

    [Fact]
    public async Task Relay_WhatTheReceiverRefuses_IsADeadLetterBeforeItIsCommitted()
    {
        await using var receiver = await WebhookReceiver.StartAsync(400);
        await using var app = App(receiver);
        using var acknowledged = new SemaphoreSlim(0);
        app.Producer.Acknowledgements = acknowledged;
        var (refused, next) = (Decision("case", 1), Decision("case", 2));

        app.Feed.WriteDecision(refused);
        app.Feed.WriteDecision(next);
        await Eventually.HoldsAsync(() => receiver.Posts.Count == 1, "the first decision is posted");
        Assert.Empty(app.Feed.Completed);                                        // the dead letter has not been acknowledged
        acknowledged.Release();
        await Eventually.HoldsAsync(() => app.Feed.Completed.Contains(next.Position), "the next decision is committed");

        var letter = app.Producer.Written.Single();
        Assert.Equal(Topics.DeadLetters, letter.Topic);
        Assert.Equal("webhook-failed", letter.Text(RecordHeaders.DeadLetterReason));
        Assert.Equal("the receiver answered 400, after 1 tries", letter.Text(RecordHeaders.DeadLetterDetail));
        Assert.Equal(Topics.Decisions, letter.Text(RecordHeaders.DeadLetterTopic));
        Assert.Equal(refused.Value, letter.Value);
        Assert.Equal([refused.Position, next.Position], app.Feed.Completed);
        Assert.Equal(1, await app.MetricAsync("moodstream_gateway_webhook_decisions_total{outcome=\"given-up\"}"));
    }

    [Fact]
    public async Task Relay_ARecordThatIsNoDecision_IsADeadLetterAndPostedNowhere()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var app = App(receiver);
        var record = Decision("case", 1) with { Value = "not json"u8.ToArray() };

        app.Feed.WriteDecision(record);
        await Eventually.HoldsAsync(() => app.Feed.Completed.Contains(record.Position), "the decision is committed");

        Assert.Empty(receiver.Posts);
        Assert.Equal("the record is no decision", app.Producer.Written.Single().Text(RecordHeaders.DeadLetterDetail));
    }

    private static GatewayApp App(WebhookReceiver receiver)
    {
        var app = new GatewayApp().With(
            ("MoodStream:Webhook:Url", receiver.Address), ("MoodStream:Webhook:Secret", Secret), ("MoodStream:Webhook:Attempts", "1"));
        _ = app.Services;                                                        // starts it
        return app;
    }

    private static WebhookSettings Impatient(string url, int attempts) => new()
    {
        Url = url, Secret = Secret, Attempts = attempts,
        FirstWait = TimeSpan.FromMilliseconds(10), LongestWait = TimeSpan.FromMilliseconds(20),
    };

    private static WebhookClient Client(WebhookSettings settings) =>
        new(settings, TimeProvider.System, NullLogger<WebhookClient>.Instance);

    private static string Hmac(string secret, WebhookPost post) => Convert.ToHexStringLower(HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{post.Time}.{post.Id}.").Concat(post.Body).ToArray()));

    private static ReceivedRecord Decision(string caseId, long revision)
    {
        var at = new DateTimeOffset(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);
        var decided = new ReviewDecided
        {
            Kind = DecisionKind.Decision, CaseId = caseId, Revision = revision, ImageId = "image", Gate = "parts", Source = "belt-1",
            Verdict = DecisionVerdict.Unusable, Reviewer = "ann", DecidedAt = at, DurationSeconds = 3, StatisticsVersion = 1,
            ModelHash = "00112233445566aa", PreprocessingHash = "ffeeddccbbaa9988", Feature = [1], AuditSample = false,
        };
        return new(new(Topics.Decisions, 0, revision), "belt-1"u8.ToArray(),
            JsonSerializer.SerializeToUtf8Bytes(decided, WireJson.Default.ReviewDecided), [], at);
    }
}
