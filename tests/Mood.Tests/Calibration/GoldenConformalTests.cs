using System.Globalization;
using System.Text.Json;
using MoodStream.Mood.Calibration;

namespace MoodStream.MoodTests.Calibration;

/// <summary>Calibration against the programs of golden/conformal.</summary>
public sealed class GoldenConformalTests
{
    private const double Tolerance = 1e-10;
    private const double Delta = 0.1;

    [Theory]
    [InlineData("small")]
    [InlineData("ties")]
    [InlineData("medium")]
    [InlineData("n1000")]
    public void PValues_GoldenSet_AreTheirs(string set)
    {
        using var file = GoldenKit.Tensors("conformal", "data.safetensors");
        var calibration = ConformalCalibration.Of(file.Values(set + ".calibration"));
        double[] test = file.Values(set + ".test"), u = file.Values(set + ".u");
        var simes = new SimesCorrection(calibration.Count, Delta);
        double[] Each(Func<double, double> p) => [.. test.Select(p)];
        var smoothed = test.Zip(u, calibration.SmoothedPValue).ToArray();
        Close.Absolute(file.Values(set + ".p_marginal"), Each(calibration.PValue), Tolerance, "marginal");
        Close.Absolute(file.Values(set + ".p_smoothed"), smoothed, Tolerance, "smoothed");
        Close.Absolute(
            file.Values(set + ".p_simes_exact_index_delta0.1"), Each(s => calibration.ConditionalPValue(s, simes)), Tolerance, "Simes");
        Close.Absolute(
            file.Values(set + ".p_dkwm_delta0.1"), Each(s => DkwmCorrection.Of(calibration.PValue(s), calibration.Count, Delta)), Tolerance, "DKWM");
    }

    [Theory]
    [InlineData("medium")]
    [InlineData("n1000")]
    public void Sequence_GoldenSet_IsTheirs(string set)
    {
        using var file = GoldenKit.Tensors("conformal", "data.safetensors");
        var expected = file.Values(set + ".simes_aseq");
        Close.Absolute(expected, new SimesCorrection(expected.Length, Delta).Sequence.ToArray(), Tolerance);
    }

    [Theory]
    [InlineData(1000, 0.1)]
    [InlineData(1000, 0.05)]
    [InlineData(200, 0.1)]
    [InlineData(200, 0.05)]
    public void Corrections_GoldenGrid_AreTheirs(int size, double delta)
    {
        using var file = GoldenKit.Tensors("conformal", "data.safetensors");
        var simes = new SimesCorrection(size, delta);
        var grid = file.Values("grid.p");
        var suffix = string.Create(CultureInfo.InvariantCulture, $"_n{size}_delta{delta}");
        Close.Absolute(file.Values("grid.simes" + suffix), [.. grid.Select(simes.Of)], Tolerance, "Simes");
        Close.Absolute(file.Values("grid.dkwm" + suffix), [.. grid.Select(p => DkwmCorrection.Of(p, size, delta))], Tolerance, "DKWM");
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ties")]
    [InlineData("medium")]
    [InlineData("n1000")]
    public void Threshold_GoldenSet_IsTheirsWithItsBetaLaw(string set)
    {
        using var file = GoldenKit.Tensors("conformal", "data.safetensors");
        var calibration = ConformalCalibration.Of(file.Values(set + ".calibration"));
        foreach (var entry in Expected().GetProperty("sets").GetProperty(set).GetProperty("quantile_thresholds").EnumerateObject())
        {
            var rate = entry.Value.GetProperty("alpha").GetDouble();
            if (entry.Value.GetProperty("threshold").ValueKind == JsonValueKind.Null)
            {
                Assert.Throws<CalibrationTooSmallException>(() => calibration.Threshold(rate));
                continue;
            }
            Assert.Equal(entry.Value.GetProperty("threshold").GetDouble(), calibration.Threshold(rate), Tolerance);
            var rank = calibration.Count + 1 - ConformalThreshold.AllowedAlarms(rate, calibration.Count);
            Assert.Equal(entry.Value.GetProperty("order_statistic_k").GetInt32(), rank);
            RequireBeta(entry.Value, calibration.RealisedRate(rate));
        }
    }

    [Fact]
    public void PacRank_GoldenTable_IsTheirs()
    {
        foreach (var row in Expected().GetProperty("pac_table").EnumerateArray())
        {
            var k = row.GetProperty("k");
            var rank = ConformalThreshold.PacRank(
                row.GetProperty("alpha").GetDouble(), row.GetProperty("delta").GetDouble(), row.GetProperty("n").GetInt32());
            Assert.Equal(k.ValueKind == JsonValueKind.Null ? null : k.GetInt32(), rank);
        }
    }

    [Fact]
    public void PacMinimumSize_GoldenTable_IsTheirs()
    {
        foreach (var entry in Expected().GetProperty("pac_minimum_n").EnumerateObject())
        {
            var numbers = entry.Name.Split(',').Select(p => double.Parse(p.Split('=')[1], CultureInfo.InvariantCulture)).ToArray();
            var size = ConformalThreshold.PacMinimumSize(numbers[0], numbers[1]);
            Assert.Equal(entry.Value.GetInt32(), size);
            Assert.NotNull(ConformalThreshold.PacRank(numbers[0], numbers[1], size));
            Assert.Null(ConformalThreshold.PacRank(numbers[0], numbers[1], size - 1));
        }
    }

    private static void RequireBeta(JsonElement expected, BetaDistribution beta)
    {
        var shapes = expected.GetProperty("false_alarm_rate_beta_a_b");
        Assert.Equal(new BetaDistribution(shapes[0].GetDouble(), shapes[1].GetDouble()), beta);
        Assert.Equal(expected.GetProperty("false_alarm_mean").GetDouble(), beta.Mean, Tolerance);
        var interval = expected.GetProperty("false_alarm_interval_99");
        Assert.Equal(interval[0].GetDouble(), beta.Quantile(0.005), Tolerance);
        Assert.Equal(interval[1].GetDouble(), beta.Quantile(0.995), Tolerance);
    }

    private static JsonElement Expected() => GoldenKit.Json("conformal", "expected.json");
}
