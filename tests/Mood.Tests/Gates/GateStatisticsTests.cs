using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Gates;

/// <summary>Gate statistics: fitting, judging, and their file.</summary>
public sealed class GateStatisticsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string> Names => [.. DetectorRegistry.All.Select(d => d.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Read_WhatToBytesMade_IsTheSame(string name)
    {
        using var statistics = Fit(DetectorRegistry.Get(name));
        var bytes = statistics.ToBytes();
        using var back = GateStatistics.Read(bytes);
        var rows = Draws.Rows(3, 40, 6);
        Assert.Equal(statistics.Judge(rows), back.Judge(rows));
        Assert.Equal(bytes, back.ToBytes());
        Assert.Equal(statistics.Provenance.ClassNames, back.Provenance.ClassNames);
        Assert.Equal(statistics.Provenance with { ClassNames = [] }, back.Provenance with { ClassNames = [] });
        Assert.Equal(
            (statistics.Threshold, statistics.TargetFalseAlarmRate, statistics.FitCount, statistics.CalibrationCount, statistics.FeatureDimension),
            (back.Threshold, back.TargetFalseAlarmRate, back.FitCount, back.CalibrationCount, back.FeatureDimension));
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameBytesAndAnotherSeedOthers()
    {
        using GateStatistics one = Fit(DetectorRegistry.Usual, seed: 1), again = Fit(DetectorRegistry.Usual, seed: 1), other = Fit(DetectorRegistry.Usual, seed: 2);
        Assert.Equal(one.ToBytes(), again.ToBytes());
        Assert.NotEqual(one.ToBytes(), other.ToBytes());
    }

    [Fact]
    public void Fit_ShareOfAQuarter_HoldsOutAQuarter()
    {
        using var statistics = GateStatisticsFitter.Fit(
            Draws.Rows(1, 200, 6), null, new GateFitSettings { TargetFalseAlarmRate = 0.1, CalibrationShare = 0.25 }, Provenance);
        Assert.Equal((150, 50), (statistics.FitCount, statistics.CalibrationCount));
    }

    [Fact]
    public void Judge_HeldOutRows_AcceptsExactlyThosePastThePromise()
    {
        using var statistics = Fit(DetectorRegistry.Usual);
        var judgements = statistics.Judge(Draws.Rows(4, 300, 6));
        Assert.All(judgements, j => Assert.Equal(j.PValue > statistics.TargetFalseAlarmRate, j.Accepted));
        Assert.All(judgements, j => Assert.InRange(j.NearestClass!.Value, 0, 1));
        Assert.Contains(judgements, j => j.Accepted);
        Assert.Contains(judgements, j => !j.Accepted);
    }

    [Fact]
    public void Judge_RowNotFinite_IsFlaggedAndNeverAccepted()
    {
        using var statistics = Fit(DetectorRegistry.Usual);
        var rows = Draws.Rows(4, 3, 6);
        rows[1, 2] = tensor(double.NaN);
        var judgements = statistics.Judge(rows);
        Assert.Equal([true, false, true], judgements.Select(j => j.Finite));
        Assert.False(judgements[1].Accepted);
        Assert.True(double.IsNaN(judgements[1].PValue));
        Assert.Null(judgements[1].NearestClass);
        Assert.Empty(statistics.Judge(rows[..0]));
    }

    [Fact]
    public void Judge_OtherDimension_IsRefused()
    {
        using var statistics = Fit(DetectorRegistry.Usual);
        Assert.Throws<ArgumentException>(() => statistics.Judge(Draws.Rows(1, 2, 5)));
    }

    [Fact]
    public void Fit_TooFewImagesForTheRate_IsRefusedWithTheNumbers()
    {
        var settings = new GateFitSettings { TargetFalseAlarmRate = 0.01, CalibrationShare = 0.3 };
        GateStatistics Try(int count) => GateStatisticsFitter.Fit(Draws.Rows(1, count, 3), null, settings, Provenance);
        var refusal = Assert.Throws<CalibrationTooSmallException>(() => Try(200));
        Assert.Equal((60, 99), (refusal.CalibrationSize, refusal.MinimumSize));
        Assert.Contains("at least 330 images are needed", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<CalibrationTooSmallException>(() => Try(328));
        Try(330).Dispose();
    }

    [Fact]
    public void Fit_WithConfidence_AlarmsLessAndIsReadBack()
    {
        var settings = new GateFitSettings { TargetFalseAlarmRate = 0.1 };
        using var marginal = GateStatisticsFitter.Fit(Draws.Rows(1, 600, 6), null, settings, Provenance);
        using var pac = GateStatisticsFitter.Fit(Draws.Rows(1, 600, 6), null, settings with { Confidence = 0.95 }, Provenance);
        Assert.True(pac.Threshold > marginal.Threshold);
        using var back = GateStatistics.Read(pac.ToBytes());
        Assert.Equal((pac.Promise, pac.Threshold), (back.Promise, back.Threshold));
        Assert.Equal(pac.ToBytes(), back.ToBytes());
        Assert.Null(marginal.Promise.Confidence);
    }

    [Fact]
    public void Fit_TooFewImagesForTheConfidence_IsRefusedWithTheNumber()
    {
        var settings = new GateFitSettings { TargetFalseAlarmRate = 0.05, Confidence = 0.95 };
        var refusal = Assert.Throws<CalibrationTooSmallException>(
            () => GateStatisticsFitter.Fit(Draws.Rows(1, 116, 3), null, settings, Provenance));
        Assert.Equal((58, 59), (refusal.CalibrationSize, refusal.MinimumSize));
        Assert.Contains("at least 118 images are needed", refusal.Message, StringComparison.Ordinal);
        GateStatisticsFitter.Fit(Draws.Rows(1, 118, 3), null, settings, Provenance).Dispose();
    }

    [Fact]
    public void Fit_RowNotFinite_IsNamedByItsPlaceInTheInput()
    {
        var rows = Draws.Rows(1, 100, 3);
        rows[77, 0] = tensor(double.NaN);
        var refusal = Assert.Throws<StatisticsException>(
            () => GateStatisticsFitter.Fit(rows, null, new GateFitSettings { TargetFalseAlarmRate = 0.1 }, Provenance));
        Assert.Contains("Row 77", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FalseAlarms_FreshImages_AreCompatibleWithThePromise()
    {
        var rows = Draws.Rows(5, 2400, 6);
        using var statistics = GateStatisticsFitter.Fit(rows[..800], null, new GateFitSettings { TargetFalseAlarmRate = 0.05, Seed = 3 }, Provenance);
        var alarms = statistics.Judge(rows[800..]).Count(j => !j.Accepted);
        Assert.True(FalseAlarmInterval.Exact(alarms, 1600, statistics.CalibrationCount, 0.999).Contains(0.05), $"{alarms} of 1600");
    }

    [Fact]
    public void Read_CutAnywhere_IsRefused()
    {
        using var statistics = Fit(DetectorRegistry.Usual);
        var bytes = statistics.ToBytes();
        for (var length = 0; length < bytes.Length; length += 1 + length / 40)
            Assert.Throws<GateStatisticsException>(() => GateStatistics.Read(bytes.AsMemory(0, length)));
        Assert.Throws<GateStatisticsException>(() => GateStatistics.Read((byte[])[.. bytes, 0]));
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        using var statistics = Fit(DetectorRegistry.MoodParity);
        var bytes = statistics.ToBytes();
        var random = new Random(9);
        for (var round = 0; round < 1500; round++)
        {
            var mutated = bytes.ToArray();
            var place = round < 900 ? round : random.Next(bytes.Length);
            mutated[place] ^= (byte)(1 << random.Next(8));
            Assert.Throws<GateStatisticsException>(() => GateStatistics.Read(mutated));
        }
    }

    [Theory]
    [InlineData("threshold", "1e9")]
    [InlineData("threshold", "NaN")]
    [InlineData("target_false_alarm_rate", "0.2")]
    [InlineData("target_false_alarm_rate", "0.0001")]
    [InlineData("confidence", "0.99")]
    [InlineData("confidence", "2")]
    [InlineData("confidence", "high")]
    [InlineData("feature_dimension", "7")]
    [InlineData("calibration_count", "-1")]
    [InlineData("fit_count", "many")]
    [InlineData("detector", "pixels2")]
    [InlineData("detector", "mood-parity")]
    [InlineData("fitted_at", "yesterday")]
    [InlineData("class_names", "[1]")]
    [InlineData("class_names", "[\"only one\"]")]
    [InlineData("format", "moodstream.gate-statistics.v9")]
    public void Read_HeaderThatContradictsTheTensors_IsRefusedEvenWhenSealed(string name, string text)
    {
        using var statistics = Fit(DetectorRegistry.Usual);
        using var file = SafetensorsFile.Read(statistics.ToBytes());
        var metadata = new Dictionary<string, string>(file.Metadata) { [name] = text, ["sha256"] = ContentSeal.Open };
        var forged = SafetensorsWriter.ToBytes(file.Tensors.Keys.Select(k => (k, file.Load(k))), metadata);
        ContentSeal.Close(forged);
        Assert.Throws<GateStatisticsException>(() => GateStatistics.Read(forged));
    }

    [Fact]
    public void Open_FileWritten_IsReadBackAndAMissingOneRefused()
    {
        var path = Path.Combine(Path.GetTempPath(), $"gate-statistics-{Environment.ProcessId}.safetensors");
        try
        {
            using var statistics = Fit(DetectorRegistry.Usual);
            statistics.Write(path);
            using var back = GateStatistics.Open(path);
            Assert.Equal(statistics.Threshold, back.Threshold);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Throws<GateStatisticsException>(() => GateStatistics.Open(path));
    }

    [Fact]
    public void FitReadAndRefusals_WhenDisposed_LeaveNoTensorBehind()
    {
        using Tensor rows = Draws.Rows(6, 100, 4);
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var statistics = GateStatisticsFitter.Fit(rows, null, new GateFitSettings { TargetFalseAlarmRate = 0.1 }, Provenance))
        {
            var bytes = statistics.ToBytes();
            GateStatistics.Read(bytes).Dispose();
            Assert.Throws<GateStatisticsException>(() => GateStatistics.Read(bytes.AsMemory(0, 700)));
            statistics.Judge(rows);
        }
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static GateProvenance Provenance { get; } = new()
    {
        Gate = "screws",
        ModelHash = "sha256:model",
        PreprocessingHash = "sha256:pixels",
        FittedAt = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)),
        Origin = "a folder with \"quotes\" and ümlauts",
        ClassNames = ["good", "göod too"],
    };

    private static GateStatistics Fit(Detector detector, int seed = 0)
    {
        using var classifier = new LinearClassifier(Draws.Normal(21, 3, 6), Draws.Normal(22, 3));
        var settings = new GateFitSettings { Detector = detector, TargetFalseAlarmRate = 0.1, Seed = seed };
        return GateStatisticsFitter.Fit(Draws.Rows(1, 120, 6), Draws.Labels(120, 2), settings, Provenance, classifier);
    }
}
