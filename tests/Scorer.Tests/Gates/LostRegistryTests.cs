using System.Security.Cryptography;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Scorer;
using MoodStream.ScorerTests.Pipeline;
using MoodStream.TestKit;

namespace MoodStream.ScorerTests.Gates;

/// <summary>What a gate does while the registry is away, or has come back without what the gate judges with.</summary>
public sealed class LostRegistryTests(Backbones backbones)
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    [Fact]
    public async Task RegistryComesBackEmpty_GateGoesOnWithWhatItHoldsUntilTheLimitAndThenHolds()
    {
        var clock = new JumpingClock();
        await using var scorer = await StartAsync(clock);
        Write(scorer, 0, 4);
        await scorer.CompletedAsync(4);

        scorer.Statistics.Deactivate("default");
        await Eventually.HoldsAsync(() => scorer.Statistics.Told == 2, "the gate knows that the registry is empty");
        clock.Jump(Limit - TimeSpan.FromMinutes(1));
        Write(scorer, 4, 4);
        await scorer.CompletedAsync(8);
        Assert.All(scorer.Producer.Called, r => Assert.Equal((1L, null), (r.Scored().StatisticsVersion, r.Scored().Unscored)));
        Assert.Equal(HealthStatus.Healthy, (await scorer.GatesHealthAsync()).Status);

        clock.Jump(TimeSpan.FromMinutes(2));
        Write(scorer, 8, 4);
        await Eventually.HoldsAsync(() => scorer.Consumer.Waiting == 0, "the images are in hand");
        var health = await scorer.GatesHealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("were last confirmed by the registry 0.02:01:", health.Description, StringComparison.Ordinal);
        Assert.Equal(8, scorer.Producer.Called.Count);

        scorer.Statistics.Activate("default", 2, backbones.Statistics);
        await scorer.CompletedAsync(12);
        Assert.All(scorer.Producer.Called.Skip(8), r => Assert.Equal(2, r.Scored().StatisticsVersion));
    }

    [Fact]
    public async Task RegistryIsAway_EveryLookThatConfirmsBeginsTheLimitAnew()
    {
        var clock = new JumpingClock();
        await using var scorer = await StartAsync(clock);
        var gate = scorer.Gates.Gates["default"];
        clock.Jump(Limit - TimeSpan.FromMinutes(1));
        scorer.Statistics.Look("default", confirmed: true);
        await Eventually.HoldsAsync(() => gate.UnconfirmedFor < TimeSpan.FromMinutes(1), "the look confirms");
        clock.Jump(Limit - TimeSpan.FromMinutes(1));
        Assert.False(gate.Holds);

        scorer.Statistics.Look("default", confirmed: false);
        clock.Jump(TimeSpan.FromMinutes(2));
        Assert.True(gate.Holds);
        scorer.Statistics.Look("default", confirmed: true);
        await Eventually.HoldsAsync(() => !gate.Holds, "the same statistics are confirmed again");
        Assert.Equal(1, gate.Read().Version);
    }

    [Fact]
    public async Task RegistryIsEmptyFromTheStart_GateHolds()
    {
        await using var scorer = new RunningScorer(Settings.One(backbones));
        await scorer.StartAsync();
        Assert.True(scorer.Gates.Gates["default"].Holds);
    }

    [Fact]
    public async Task Activate_BlobIsNotThatOfItsHeader_GateHoldsAndSaysSo()
    {
        await using var scorer = new RunningScorer(Settings.One(backbones));
        scorer.Statistics.Headers[("default", 1)] = HeaderOf(backbones.StatisticsOf(p => p with { Origin = "elsewhere" }));
        scorer.Statistics.Activate("default", 1, backbones.Statistics);
        await scorer.StartAsync();
        Assert.Contains("is not the one that its header describes", scorer.Gates.Gates["default"].Read().Problem, StringComparison.Ordinal);

        scorer.Statistics.Headers[("default", 2)] = HeaderOf(backbones.Statistics);
        scorer.Statistics.Activate("default", 2, backbones.Statistics);
        await Eventually.HoldsAsync(() => !scorer.Gates.Gates["default"].Holds, "the gate judges with version 2");
    }

    private static StatisticsVersion HeaderOf(byte[] blob)
    {
        using var statistics = GateStatistics.Read(blob);
        return new StatisticsVersion
        {
            Gate = "default", ModelHash = statistics.Provenance.ModelHash, PreprocessingHash = statistics.Provenance.PreprocessingHash,
            Detector = statistics.Detector.Detector.Name, Count = statistics.FitCount, EffectiveCount = statistics.FitCount, ClassCount = 1,
            FeatureDimension = statistics.FeatureDimension, TargetFalseAlarmRate = statistics.TargetFalseAlarmRate,
            Threshold = statistics.Threshold, CalibrationCount = statistics.CalibrationCount, Reason = "A test.", Author = "test",
            CreatedAt = statistics.Provenance.FittedAt, BlobSha256 = Convert.ToHexStringLower(SHA256.HashData(blob)),
        };
    }

    private async Task<RunningScorer> StartAsync(JumpingClock clock)
    {
        var one = Settings.One(backbones);
        var gates = new Dictionary<string, GateSettings> { ["default"] = one.Gates["default"] with { MaxUnconfirmedAge = Limit } };
        var scorer = new RunningScorer(one with { Gates = gates }, clock);
        scorer.Statistics.Activate("default", 1, backbones.Statistics);
        await scorer.StartAsync();
        return scorer;
    }

    private void Write(RunningScorer scorer, int first, int count) =>
        scorer.Consumer.Write(Enumerable.Range(first, count).Select(i => Records.Input(i, backbones.Accepted)));

    /// <summary>The system's clock, set forward at will.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _ticks;

        public void Jump(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public override long GetTimestamp() => base.GetTimestamp()
            + (long)(TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds * TimestampFrequency);
    }
}
