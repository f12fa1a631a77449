using MoodStream.Mood.Gates;
using MoodStream.Mood.Localisation;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Gates;

/// <summary>Patch statistics inside the statistics file of a gate.</summary>
public sealed class PatchesOfGateTests : IDisposable
{
    private static readonly PatchGrid Grid = new(2, 2);
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<PatchGaussianKind> Kinds => [.. PatchGaussianKinds.All];

    [Theory, MemberData(nameof(Kinds))]
    public void Read_StatisticsWithPatches_AreTheSame(PatchGaussianKind kind)
    {
        using var patches = Patches(kind);
        using var plain = Statistics();
        var bytes = plain.With(patches).ToBytes();
        using var back = GateStatistics.Read(bytes);
        var tokens = Draws.Normal(5, 3, 4, 3) + 1;
        Close.Relative(Flat(patches.Gaussian.Distances(tokens)), Flat(back.Patches!.Gaussian.Distances(tokens)), 1e-12);
        Assert.Equal((patches.Scale, 20, 10),
            (back.Patches.Scale, back.Patches.FitCount, back.Patches.CalibrationCount));
        Assert.Equal(bytes, back.ToBytes());
    }

    [Fact]
    public void ToBytes_WithoutPatches_HoldsNone()
    {
        using var back = GateStatistics.Read(Statistics().ToBytes());
        Assert.Null(back.Patches);
    }

    [Fact]
    public void Read_AnyByteOfThePatchesChanged_IsRefused()
    {
        using var patches = Patches(PatchGaussianKind.Pooled);
        var bytes = Statistics().With(patches).ToBytes();
        bytes[^9] ^= 1;
        Assert.Throws<GateStatisticsException>(() => GateStatistics.Read(bytes));
    }

    [Fact]
    public void Split_SameSettings_IsWhatTheFitUsed()
    {
        var settings = new GateFitSettings { TargetFalseAlarmRate = 0.1, CalibrationShare = 0.25, Seed = 3 };
        var (fit, held) = GateStatisticsFitter.Split(40, settings);
        Assert.Equal((30, 10), (fit.Count, held.Count));
        Assert.Equal(Enumerable.Range(0, 40), fit.Concat(held).Order());
        var rows = Draws.Rows(1, 40, 3);
        using var statistics = GateStatisticsFitter.Fit(rows, null, settings, Provenance);
        var scores = statistics.Detector.Score(rows.index_select(0, tensor(held.Select(i => (long)i).ToArray())))
            .Scores;
        Close.Relative([.. statistics.Calibration.Scores], [.. scores.Order()], 1e-12);
    }

    private static PatchStatistics Patches(PatchGaussianKind kind)
    {
        using var moments = new PatchMoments(kind, Grid, 3);
        moments.Add(Draws.Normal(2, 20, 4, 3) + 1);
        return new PatchStatistics(moments.Fit(), new HeatMapScale(1, 9), 20, 10);
    }

    private static double[] Flat(double[][] values) => [.. values.SelectMany(v => v)];

    private static GateStatistics Statistics() => GateStatisticsFitter.Fit(
        Draws.Rows(1, 40, 3), null, new GateFitSettings { TargetFalseAlarmRate = 0.1 }, Provenance);

    private static GateProvenance Provenance { get; } = new()
    {
        Gate = "parts", ModelHash = "0123456789abcdef", PreprocessingHash = "fedcba9876543210",
        FittedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };
}
