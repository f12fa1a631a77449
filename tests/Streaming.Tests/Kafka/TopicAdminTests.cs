using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Kafka;

public sealed class TopicAdminTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TopicAdmin Admin => new(kafka.Settings, TimeProvider.System, NullLogger<TopicAdmin>.Instance);

    [Fact]
    public async Task EnsureAsync_EmbeddedKafka_HasEveryTopicAsSpecified() =>
        Assert.Empty(await Admin.EnsureAsync(Topics.All, Cancellation));

    [Fact]
    public async Task VerifyAsync_TopicMissingOrTooSmall_SaysWhich()
    {
        var small = kafka.NewTopic(partitions: 2);
        var findings = await Admin.VerifyAsync([new("not-there", 4, null), new(small, 3, null)], Cancellation);
        Assert.Equal(["not-there", small], findings.Select(f => f.Topic));
        Assert.Equal([true, false], findings.Select(f => f.Blocks));
        Assert.Contains("does not exist", findings[0].Problem, StringComparison.Ordinal);
        Assert.Contains("has 2 partitions; it needs 3", findings[1].Problem, StringComparison.Ordinal);
    }
}
