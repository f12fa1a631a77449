using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Telemetry;
using MoodStream.TestKit.Embedded;
using Prometheus;

namespace MoodStream.StreamingTests.Kafka;

public sealed class TopicWatchTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_TopicsAreAsTheyShouldBe_IsReadyOnlyThen()
    {
        using var watch = Watch(kafka.Settings, Topics.Images, Topics.Accepted);
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(watch));

        await watch.LookAsync(Cancellation);

        Assert.Empty(watch.Findings!);
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(watch));
    }

    [Fact]
    public async Task Look_NoBrokerAnswers_SaysNothingOfTheTopicsAndIsNotReady()
    {
        var nobody = new KafkaSettings
        {
            BootstrapServers = "127.0.0.1:1", Profile = KafkaProfile.Embedded, RequestTimeout = TimeSpan.FromMilliseconds(100),
        };
        using var watch = Watch(nobody, Topics.Images);

        await watch.LookAsync(Cancellation);

        Assert.Null(watch.Findings);
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(watch));
    }

    private static TopicWatch Watch(KafkaSettings settings, params string[] topics) => new(
        topics.Select(t => new UsedTopic(t)), new(settings, TimeProvider.System, NullLogger<TopicAdmin>.Instance),
        new StreamingMetrics(Metrics.NewCustomRegistry()), TimeProvider.System, NullLogger<TopicWatch>.Instance);

    private static async Task<HealthStatus> StatusAsync(TopicWatch watch) =>
        (await new TopicsCheck(watch).CheckHealthAsync(new(), Cancellation)).Status;
}
