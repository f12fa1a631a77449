using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using MoodStream.TestKit.Embedded;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Drift;
using Prometheus;

namespace MoodStream.TrainerTests.Drift;

/// <summary>What people decide of a drift, on a Redis.</summary>
public sealed class DriftDecisionsTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    [Theory]
    [InlineData("keep", 0)]
    [InlineData("accept", 1)]
    public async Task DecideAsync_OfAWatchedSource_UnlearnsAndAsksForARefitIfItIsAccepted(string decision, int expected)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var connection = new RedisConnection(
            redis.Settings, new StreamingMetrics(Metrics.NewCustomRegistry()), TimeProvider.System, NullLogger<RedisConnection>.Instance);
        using var fixture = new DriftFixture();
        using var gate = new WatchedGate(1, GateStatistics.Read(fixture.Blob));
        var watch = new DriftWatch(new DriftWatchSettings(), new DriftMetrics(Metrics.NewCustomRegistry()));
        var source = $"camera-{decision}";
        foreach (var image in fixture.Images(source, 3)) watch.Observe(image, gate);
        var (recalls, episodes) = (new RecallStore(connection), new DriftEpisodes(connection));
        var memory = new DriftMemory(watch, episodes, TimeProvider.System);
        var decisions = new DriftDecisions(memory, recalls, new RefitRequests(connection), TimeProvider.System);
        var body = JsonSerializer.Deserialize(
            $$"""{"source": "{{source}}", "decision": "{{decision}}", "reason": "new lamp", "by": "anna"}""", DriftJson.Default.DriftDecisionBody)!;

        Assert.True(await decisions.DecideAsync("belt", body, cancellation));
        Assert.False(await decisions.DecideAsync("belt", body with { Source = "nobody" }, cancellation));

        var recalled = (await recalls.ReadAsync("belt", cancellation)).Where(r => r.Source == source).ToArray();
        var asked = await connection.RunAsync((database, _) => database.ListRangeAsync(RedisKeys.RefitRequests("belt")), cancellation);
        var requests = asked.Select(r => JsonSerializer.Deserialize((byte[])r!, WireJson.Default.RefitRequested)!).ToArray();
        var episode = Assert.Single(await episodes.ReadAsync("belt", cancellation), e => e.Source == source);
        Assert.Equal((expected == 1 ? DriftEpisodeState.Accepted : DriftEpisodeState.Kept, "anna", "new lamp"), (episode.State, episode.By, episode.Reason));
        Assert.Equal(expected, recalled.Length);
        Assert.Equal(expected, requests.Count(r => recalled.Any(c => c.Id == r.RequestId && c.To == r.At)));
        Assert.All(requests, r => Assert.Equal(("anna", "new lamp"), (r.By, r.Reason)));
    }
}
