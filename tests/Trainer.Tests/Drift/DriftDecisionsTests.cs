using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Drift;
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
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("keep", 0)]
    [InlineData("accept", 1)]
    public async Task DecideAsync_OfAWatchedSource_UnlearnsAndAsksForARefitIfItIsAccepted(string decision, int expected)
    {
        await using var connection = Connect();
        using var fixture = new DriftFixture();
        using var gate = new WatchedGate(1, GateStatistics.Read(fixture.Blob));
        var watch = new DriftWatch(new DriftWatchSettings(), new DriftMetrics(Metrics.NewCustomRegistry()));
        var source = $"camera-{decision}";
        foreach (var image in fixture.Images(source, 3)) watch.Observe(image, gate);
        var (recalls, episodes) = (new RecallStore(connection), new DriftEpisodes(connection));
        var memory = new DriftMemory(watch, episodes, TimeProvider.System);
        var body = JsonSerializer.Deserialize(
            $$"""{"source": "{{source}}", "decision": "{{decision}}", "reason": "new lamp", "by": "anna"}""", DriftJson.Default.DriftDecisionBody)!;

        Assert.True(await memory.DecideAsync("belt", body, Token));
        Assert.False(await memory.DecideAsync("belt", body with { Source = "nobody" }, Token));

        var recalled = (await recalls.ReadAsync("belt", Token)).Where(r => r.Source == source).ToArray();
        var requests = await new RefitRequests(connection).WaitingAsync("belt", Token);
        var episode = Assert.Single(await episodes.ReadAsync("belt", Token), e => e.Source == source);
        Assert.Equal((expected == 1 ? DriftEpisodeState.Accepted : DriftEpisodeState.Kept, "anna", "new lamp"), (episode.State, episode.By, episode.Reason));
        Assert.Equal(expected, recalled.Length);
        Assert.Equal(expected, requests.Count(r => recalled.Any(c => c.Id == r.RequestId && c.To == r.At)));
        Assert.All(requests, r => Assert.Equal(("anna", "new lamp"), (r.By, r.Reason)));
    }

    [Theory]
    [InlineData(DriftDecision.Accept, 20)]
    [InlineData(DriftDecision.Keep, 20)]
    [InlineData(null, 30)]
    public async Task Hold_UntilAnotherAnswerOrTheEnd_KeepsTheSourceFromTeaching(DriftDecision? next, int endsAfterMinutes)
    {
        await using var connection = Connect();
        var (gate, start) = ($"hold-{next}".ToLowerInvariant(), DriftFixture.Start);
        var episodes = new DriftEpisodes(connection);
        var drifting = DriftEpisode.Of(new SourceDrift(gate, "a", 1, new("psi", 1, 0.25, 900)), "trainer-1", start);
        await episodes.BeginAsync(gate, drifting, Token);

        Assert.True(await episodes.TryAnswerAsync(gate, drifting, drifting, new(DriftDecision.Hold, "anna", "lamp fails", start.AddMinutes(10)), Token));
        var held = (await episodes.ReadAsync(gate, "a", Token))!;
        Assert.Equal((start, (DateTimeOffset?)null), await SpanAsync());

        // Whoever answers what is no longer so changes nothing.
        Assert.False(await episodes.TryAnswerAsync(gate, drifting, drifting, new(DriftDecision.Keep, "ben", "late", start.AddMinutes(11)), Token));
        if (next is { } decision)
            Assert.True(await episodes.TryAnswerAsync(gate, held, held, new(decision, "ben", "mended", start.AddMinutes(20)), Token));
        else Assert.True(await episodes.TryRemoveAsync(gate, held, start.AddMinutes(30), Token));
        Assert.Equal((start, start.AddMinutes(endsAfterMinutes)), await SpanAsync());

        var waiting = await connection.RunAsync((database, _) => database.ListRangeAsync(RedisKeys.ReviewOutbox(gate)), Token);
        var told = waiting.Select(item => JsonSerializer.Deserialize((byte[])item!, OutboxJson.Default.OutboxItem)!.Audit).ToList();
        Assert.Equal(("anna", "drift-answered", "source a", "hold: lamp fails"), (told[0].Actor, told[0].Event, told[0].Subject, told[0].Detail));
        Assert.Equal(next is null ? 1 : 2, told.Count);

        async Task<(DateTimeOffset?, DateTimeOffset?)> SpanAsync()
        {
            var recall = Assert.Single(await new RecallStore(connection).ReadAsync(gate, Token), r => r.Id == $"{drifting.EpisodeId}-held");
            return (recall.From, recall.To);
        }
    }

    private RedisConnection Connect() => new(
        redis.Settings, new StreamingMetrics(Metrics.NewCustomRegistry()), TimeProvider.System, NullLogger<RedisConnection>.Instance);
}
