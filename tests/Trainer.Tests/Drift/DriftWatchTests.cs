using MoodStream.Contracts;
using MoodStream.Mood.Drift;
using MoodStream.Mood.Gates;
using MoodStream.Trainer.Drift;
using Prometheus;

namespace MoodStream.TrainerTests.Drift;

/// <summary>Each source has a monitor of its own, and there are only so many.</summary>
public sealed class DriftWatchTests : IDisposable
{
    private readonly DriftFixture _fixture = new();
    private readonly WatchedGate _gate;
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();

    public DriftWatchTests() => _gate = new WatchedGate(1, GateStatistics.Read(_fixture.Blob));

    public void Dispose()
    {
        _gate.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public void Observe_OneSourceThatDrifts_IsAnnouncedOnceAndTheOtherIsNot()
    {
        var watch = Watch();
        Assert.Empty(Run(watch, _fixture.Images("a", 600)));
        Assert.Empty(Run(watch, _fixture.Images("b", 600)));
        var drift = Assert.Single(Run(watch, _fixture.Images("a", 1500, shift: 2.5)));
        Assert.Equal(("belt", "a"), (drift.Gate, drift.Source));
        Assert.Contains(drift.Alarm.Test, DriftMonitor.Tests);
        Assert.Empty(Run(watch, _fixture.Images("b", 600)));
    }

    [Fact]
    public void Observe_ShiftOfFeaturesAlone_IsSeenByTheFeatureMean()
    {
        var watch = Watch();
        var images = _fixture.Images("a", 500, shift: 1.5).Select((image, i) => image with { PValue = (i * 197 % 500 + 0.5) / 500 });
        Assert.Equal(DriftMonitor.FeatureMean, Assert.Single(Run(watch, images)).Alarm.Test);
    }

    [Fact]
    public void Decide_AcceptAsNewNormal_IsSilentUntilOtherStatisticsCome()
    {
        var watch = Watch();
        Run(watch, _fixture.Images("a", 600));
        Assert.Single(Run(watch, _fixture.Images("a", 600, shift: 2.5)));
        watch.Learn("belt", [Episode("a", DriftEpisodeState.Accepted)]);
        Assert.Empty(Run(watch, _fixture.Images("a", 1500, shift: 5)));
        using var next = new WatchedGate(2, GateStatistics.Read(_fixture.Blob));
        Assert.Single(_fixture.Images("a", 1500, shift: 2.5).Select(i => watch.Observe(i, next)).OfType<SourceDrift>());
        Assert.Equal("a", Assert.Single(watch.Ended()).Episode.Source);
        Assert.Null(watch.VersionOf("belt", "nobody"));
    }

    [Fact]
    public void Learn_DriftThatAnotherTrainerSaw_IsNotAnnouncedAgainAndEndsByItself()
    {
        var watch = Watch(new DriftWatchSettings { CoolDown = 1000 });
        watch.Learn("belt", [Episode("a", DriftEpisodeState.Drifting)]);
        Assert.Empty(Run(watch, _fixture.Images("a", 600, shift: 2.5)));         // the statistics would say so to a new monitor
        Assert.Empty(watch.Ended());
        watch.Learn("belt", [Episode("b", DriftEpisodeState.Drifting)]);
        Run(watch, _fixture.Images("b", 1001));
        Assert.Equal("b", Assert.Single(watch.Ended()).Episode.Source);
        Assert.Empty(watch.Ended());
    }

    [Fact]
    public void Learn_EpisodeOfEarlierStatistics_IsOver()
    {
        var watch = Watch();
        watch.Learn("belt", [Episode("a", DriftEpisodeState.Accepted) with { StatisticsVersion = 0 }]);
        Run(watch, _fixture.Images("a", 1));
        Assert.Equal(0, Assert.Single(watch.Ended()).Episode.StatisticsVersion);
        Assert.Single(Run(watch, _fixture.Images("a", 600).Concat(_fixture.Images("a", 600, shift: 2.5))));
    }

    [Fact]
    public void Observe_MoreSourcesThanAllowed_ForgetsTheQuietest()
    {
        var watch = Watch(new DriftWatchSettings { MaxSources = 3 });
        foreach (var source in new[] { "a", "b", "c", "a", "d" }) Run(watch, _fixture.Images(source, 1));
        Assert.Equal(3, watch.Count);
        Assert.Null(watch.VersionOf("belt", "b"));
        Assert.Equal(1, watch.VersionOf("belt", "a"));
    }

    [Fact]
    public void Observe_FeatureThatCannotBeUsed_IsWatchedByItsPValueAlone()
    {
        var watch = Watch();
        var odd = _fixture.Images("a", 3).Select((image, i) => image with { Feature = i == 0 ? [] : i == 1 ? new byte[3] : new byte[2 * DriftFixture.Dimension] });
        Assert.Empty(Run(watch, odd));
    }

    private static DriftEpisode Episode(string source, DriftEpisodeState state) => new()
    {
        EpisodeId = $"episode-{source}", Source = source, StatisticsVersion = 1, State = state, BeganAt = DriftFixture.Start,
    };

    private DriftWatch Watch(DriftWatchSettings? settings = null) => new(settings ?? new DriftWatchSettings(), new DriftMetrics(_registry));

    private SourceDrift[] Run(DriftWatch watch, IEnumerable<ImageScored> images) =>
        [.. images.Select(i => watch.Observe(i, _gate)).OfType<SourceDrift>()];
}
