using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.StreamingTests.Kafka;

namespace MoodStream.StreamingTests.Security;

/// <summary>TLS and SASL against a real Kafka: who may, gets in; who may not, is told why; and no log has a password.</summary>
public sealed class SecureKafkaTests(SecureKafkaFixture kafka) : IClassFixture<SecureKafkaFixture>
{
    private const string Scram = "SCRAM-SHA-512", ByPlain = "PLAIN", Administrator = "admin", Nobody = "mood", Wrong = "wrong-secret-51c2";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Scram)]
    [InlineData(ByPlain)]
    public async Task RoundTrip_RightPassword_WritesAndReads(string mechanism)
    {
        var settings = Secure(mechanism, Administrator);
        var topic = await TopicAsync($"secure-{mechanism.ToLowerInvariant()}");
        using var producer = KafkaHarness.Producer(settings);
        await producer.WriteAsync(topic, 10);
        await using var running = new RunningConsumer(KafkaHarness.Consumer(settings, topic, group: topic));
        Assert.Equal(Enumerable.Range(0, 10), (await running.TakeAsync(10)).Select(r => r.Number()).Order());
    }

    [Theory]
    [InlineData(Scram)]
    [InlineData(ByPlain)]
    public async Task Write_WrongPassword_IsToldAndNoLogHasIt(string mechanism)
    {
        var settings = kafka.Secure(mechanism, Administrator, Wrong, kafka.Authority);
        var (problem, log) = await RefusedAsync(settings with { Client = settings.Client.Append(new("debug", "security,broker")).ToDictionary() });
        Assert.Contains(log, l => l.Contains("uthentication failed", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Append(problem).Append(settings.ToString()), l => l.Contains(Wrong, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_UnknownAuthority_IsTold()
    {
        var settings = kafka.Secure(Scram, Administrator, kafka.ScramPassword, authority: null);
        var (_, log) = await RefusedAsync(settings);
        Assert.Contains(log, l => l.Contains("certificate", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(log, l => l.Contains(kafka.ScramPassword, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_UserWithoutRights_IsToldWhichTopic()
    {
        var topic = await TopicAsync("secure-rights");
        using var producer = KafkaHarness.Producer(Secure(Scram, Nobody));
        var refused = await Assert.ThrowsAsync<RecordNotWrittenException>(() => producer.WriteAsync(topic, 1));
        Assert.Contains(topic, refused.Message, StringComparison.Ordinal);
        Assert.Contains("authorization failed", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Verify_UserWithoutRights_TheTopicsAreNotAsTheyShouldBe()
    {
        await TopicAsync(Topics.Images);
        var admin = new TopicAdmin(Secure(Scram, Nobody), TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        Assert.NotEmpty(await admin.VerifyAsync([Topics.All[0]], Cancellation));
    }

    private KafkaSettings Secure(string mechanism, string user) =>
        kafka.Secure(mechanism, user, mechanism == Scram ? kafka.ScramPassword : SecureKafkaFixture.PlainPassword, kafka.Authority);

    private static async Task<(string Problem, IReadOnlyCollection<string> Log)> RefusedAsync(KafkaSettings settings)
    {
        var log = new CollectedLog<KafkaRecordProducer>();
        using var producer = new KafkaRecordProducer(settings, KafkaHarness.Metrics(), log);
        var refused = await Assert.ThrowsAsync<RecordNotWrittenException>(
            () => producer.WriteAsync(KafkaHarness.Record("anywhere", "key", "value"), Cancellation));
        return (refused.ToString(), log.Lines);
    }

    private async Task<string> TopicAsync(string name)
    {
        var admin = new TopicAdmin(kafka.Plain, TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        Assert.Empty(await admin.EnsureAsync([new TopicSpecification(name, 1, null)], Cancellation));
        return name;
    }
}
