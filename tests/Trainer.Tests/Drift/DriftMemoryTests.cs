using Microsoft.Extensions.Time.Testing;
using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit.Embedded;
using MoodStream.Trainer.Drift;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Registry;
using MoodStream.Trainer.Settings;
using MoodStream.TrainerTests.Fakes;
using Prometheus;

namespace MoodStream.TrainerTests.Drift;

/// <summary>Several trainers, and trainers that are started again, see one episode.</summary>
public sealed class DriftMemoryTests : IAsyncLifetime
{
    private readonly EmbeddedRedisFixture _redis = new();
    private readonly DriftFixture _fixture = new();
    private readonly Stores _stores;

    public DriftMemoryTests() => _stores = new(_redis.Settings, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DriftEpisodes Episodes => new(_stores.Connection);

    [Fact]
    public async Task Begin_SameDriftSeenByTwoTrainers_AsksForOneRefitAlsoAfterItsEnd()
    {
        await using var other = new Stores(_redis.Settings, TimeProvider.System);
        using (var statistics = GateStatistics.Read(_fixture.Blob))
            await _stores.Statistics.PublishAsync("belt", _fixture.Blob, VersionHeader.Of(statistics, "ada", "test"), Token);
        await _stores.Statistics.ActivateAsync("belt", 1, "ada", Token);
        using Trainer one = new(_stores, _fixture), two = new(other, _fixture, secondsLater: 1);
        ImageScored[] same = [.. _fixture.Images("a", 600)], shifted = [.. _fixture.Images("a", 600, shift: 2.5)];
        await Task.WhenAll(one.SeeAsync(same), two.SeeAsync(same));
        await Task.WhenAll(one.SeeAsync(shifted), two.SeeAsync(shifted));        // neither looks at Redis meanwhile: time stands still
        Assert.Equal((1, 1), (one.Alarms, two.Alarms));
        var refits = new RefitStore(_stores.Connection);
        var request = Assert.Single(await refits.RequestsAsync("belt", Token));
        Assert.Equal(Assert.Single(await Episodes.ReadAsync("belt", Token)).EpisodeId, request.RequestId);

        var taken = RefitMachine.Request("belt", request.RequestId, new(RefitTrigger.Drift, "", "drift"), null, new(), DriftFixture.Start);
        Assert.True(await refits.TryStoreAsync(0, taken, null, 1, Token));
        await new RefitRequests(other.Connection).AddAsync(request, Token);      // a trainer that is late
        Assert.Empty(await refits.RequestsAsync("belt", Token));
    }

    [Fact]
    public async Task Refresh_TrainerThatStartsAgain_GoesOnWithTheEpisodeAndItsEnd()
    {
        using (var before = new Trainer(_stores, _fixture))
            await before.SeeAsync(_fixture.Images("a", 600).Concat(_fixture.Images("a", 600, shift: 2.5)));
        using var after = new Trainer(_stores, _fixture);
        await after.SeeAsync(_fixture.Images("a", 600, shift: 2.5));
        Assert.Equal(0, after.Alarms);
        Assert.Single(await Episodes.ReadAsync("belt", Token));
        await after.SeeAsync(_fixture.Images("a", 6000));
        Assert.Empty(await Episodes.ReadAsync("belt", Token));
    }

    [Fact]
    public async Task Decide_AtATrainerThatDoesNotWatchTheSource_HoldsForTheOneThatDoes()
    {
        using Trainer watching = new(_stores, _fixture), asked = new(_stores, _fixture);
        await watching.SeeAsync(_fixture.Images("a", 600).Concat(_fixture.Images("a", 600, shift: 2.5)));
        Assert.True(await asked.Memory.DecideAsync("belt", new("a", DriftDecision.Accept, "new lamp", "anna"), Token));
        Assert.False(await asked.Memory.DecideAsync("belt", new("b", DriftDecision.Accept, "new lamp", "anna"), Token));
        using var again = new Trainer(_stores, _fixture);
        await again.SeeAsync(_fixture.Images("a", 600).Concat(_fixture.Images("a", 600, shift: 5)));
        Assert.Equal(0, again.Alarms);
        Assert.Equal(DriftEpisodeState.Accepted, Assert.Single(await Episodes.ReadAsync("belt", Token)).State);
    }

    [Fact]
    public async Task Begin_AfterKeep_IsAnotherEpisode()
    {
        var drift = new SourceDrift("belt", "a", 1, new("psi", 1, 0.25, 900));
        var first = DriftEpisode.Of(drift, "trainer-1", DriftFixture.Start);
        Assert.Equal((first, true), await Episodes.BeginAsync("belt", first, Token));
        var second = DriftEpisode.Of(drift, "trainer-2", DriftFixture.Start);
        Assert.Equal((first, false), await Episodes.BeginAsync("belt", second, Token));
        Assert.True(await Episodes.TryReplaceAsync("belt", first, first with { State = DriftEpisodeState.Kept }, Token));
        Assert.False(await Episodes.TryRemoveAsync("belt", first, DriftFixture.Start, Token));
        Assert.Equal((second, true), await Episodes.BeginAsync("belt", second, Token));
        var ofNext = DriftEpisode.Of(drift with { StatisticsVersion = 2 }, "trainer-1", DriftFixture.Start);
        Assert.Equal((ofNext, true), await Episodes.BeginAsync("belt", ofNext, Token));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _fixture.Dispose();
        await _stores.DisposeAsync();
        await _redis.DisposeAsync();
    }

    /// <summary>What one trainer does with images, in the order of its feed.</summary>
    private sealed class Trainer : IDisposable
    {
        private readonly WatchedGate _gate;
        private readonly FakeTimeProvider _clock;
        private readonly DriftWatch _watch = new(new DriftWatchSettings(), new DriftMetrics(Metrics.NewCustomRegistry()));
        private readonly RefitOnDrift _refit;

        public Trainer(Stores stores, DriftFixture fixture, int secondsLater = 0)
        {
            _clock = new(DriftFixture.Start.AddSeconds(secondsLater));
            _gate = new WatchedGate(1, GateStatistics.Read(fixture.Blob));
            Memory = new DriftMemory(_watch, new DriftEpisodes(stores.Connection), _clock);
            _refit = new RefitOnDrift(new RefitRequests(stores.Connection), stores.Statistics, new TrainerSettings(), _clock);
        }

        public DriftMemory Memory { get; }

        public int Alarms { get; private set; }

        public async Task SeeAsync(IEnumerable<ImageScored> images)
        {
            foreach (var image in images)
            {
                await Memory.RefreshAsync(image.Gate, Token);
                if (_watch.Observe(image, _gate) is not { } drift) continue;
                Alarms++;
                var (episode, _) = await Memory.BeginAsync(drift, Token);
                await _refit.DriftBeganAsync(drift, episode.EpisodeId, Token);
            }
            await Memory.EndAsync(Token);
        }

        public void Dispose() => _gate.Dispose();
    }
}
