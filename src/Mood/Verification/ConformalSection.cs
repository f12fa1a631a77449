using System.Globalization;
using System.Text.Json;
using MoodStream.Mood.Calibration;
using MoodStream.Mood.Weights;

namespace MoodStream.Mood.Verification;

/// <summary>P-values, thresholds and tests on them of published programs (folder <c>conformal</c>).</summary>
public sealed class ConformalSection : IGoldenSection
{
    private const double Delta = 0.1;
    private const double IntervalTail = 0.005;

    /// <summary>Outputs that are named and not counted, and why.</summary>
    private static readonly Dictionary<string, string> NotOffered = new()
    {
        ["p_simes_delta0.1"] = "the program's own index is one too small at places; the exact one is compared",
        ["p_montecarlo_delta0.1"] = "it depends on a simulated correction, which this build does not make",
        ["p_asymptotic_delta0.1"] = "this build has no such correction",
    };

    /// <inheritdoc/>
    public string Name => "conformal";

    /// <inheritdoc/>
    public IEnumerable<GoldenRow> Verify(string folder) => new GoldenCase(Name, Name).List("expected.json", () =>
    {
        var expected = GoldenCase.Json(Path.Combine(folder, "expected.json"));
        using var data = SafetensorsFile.Open(Path.Combine(folder, "data.safetensors"));
        var tolerance = expected.GetProperty("suggested_abs_tolerance").GetDouble();
        return
        [
            .. expected.GetProperty("sets").EnumerateObject().SelectMany(set => SetRows(set, data, tolerance)),
            .. GridRows(data, tolerance), .. BenjaminiHochbergRows(data, tolerance), .. PacRows(expected, tolerance),
        ];
    });

    private IReadOnlyList<GoldenRow> SetRows(JsonProperty set, SafetensorsFile data, double tolerance)
    {
        var one = new GoldenCase(Name, set.Name);
        if (set.Value.TryGetProperty("statistic", out _)) return one.List("statistic", () => TestRows(one, set, data, tolerance));
        return one.List("calibration", () =>
        {
            var calibration = ConformalCalibration.Of(GoldenCase.Values(data, set.Name + ".calibration"));
            double[] test = GoldenCase.Values(data, set.Name + ".test"), u = GoldenCase.Values(data, set.Name + ".u");
            var simes = new SimesCorrection(calibration.Count, Delta);
            (string Output, Func<double[]> Ours)[] outputs =
            [
                ("p_marginal", () => [.. test.Select(calibration.PValue)]),
                ("p_smoothed", () => [.. test.Zip(u, calibration.SmoothedPValue)]),
                ("p_simes_exact_index_delta0.1", () => [.. test.Select(s => calibration.ConditionalPValue(s, simes))]),
                ("p_dkwm_delta0.1", () => [.. test.Select(s => DkwmCorrection.Of(calibration.PValue(s), calibration.Count, Delta))]),
                ("simes_aseq", () => simes.Sequence.ToArray()),
            ];
            var there = outputs.Where(o => data.Tensors.ContainsKey($"{set.Name}.{o.Output}"));
            return
            [
                .. there.Select(o => one.Compare(o.Output, tolerance, () =>
                    GoldenCase.Absolute(GoldenCase.Values(data, $"{set.Name}.{o.Output}"), o.Ours()))),
                .. NotOffered.Where(n => data.Tensors.ContainsKey($"{set.Name}.{n.Key}")).Select(n => one.NotCompared(n.Key, n.Value)),
                .. set.Value.GetProperty("quantile_thresholds").EnumerateObject()
                    .Select(t => one.Compare($"threshold {t.Name}", tolerance, () => ThresholdDifference(calibration, t.Value))),
            ];
        });
    }

    /// <summary>A test's statistic and p-value: Kolmogorov-Smirnov where there is a reference, else Fisher's combination.</summary>
    private static IEnumerable<GoldenRow> TestRows(GoldenCase one, JsonProperty set, SafetensorsFile data, double tolerance)
    {
        const string reference = ".reference", window = ".window", pValues = ".p";
        yield return one.Compare("statistic and p-value", tolerance, () =>
        {
            double[] Values(string part) => GoldenCase.Values(data, set.Name + part);
            double Expected(string name) => set.Value.GetProperty(name).GetDouble();
            if (data.Tensors.ContainsKey(set.Name + reference))
            {
                var (distance, p) = KolmogorovSmirnov.Of(Values(reference), Values(window));
                return GoldenCase.Absolute([Expected("statistic"), Expected("p_value_asymptotic")], [distance, p]);
            }
            var fisher = FisherCombination.Of(Values(pValues));
            return GoldenCase.Absolute([Expected("statistic"), Expected("p_value")], [fisher.Statistic, fisher.PValue]);
        });
    }

    /// <summary>Threshold, its rank, and the law of the realised rate; where there is none, that we refuse as well.</summary>
    private static double ThresholdDifference(ConformalCalibration calibration, JsonElement expected)
    {
        var rate = expected.GetProperty("alpha").GetDouble();
        if (expected.GetProperty("threshold").ValueKind == JsonValueKind.Null)
        {
            try
            {
                calibration.Threshold(rate);
                return double.NaN;
            }
            catch (CalibrationTooSmallException)
            {
                return 0;
            }
        }
        var (beta, interval) = (calibration.RealisedRate(rate), expected.GetProperty("false_alarm_interval_99"));
        var shapes = expected.GetProperty("false_alarm_rate_beta_a_b");
        var rank = calibration.Count + 1 - ConformalThreshold.AllowedAlarms(rate, calibration.Count);
        return GoldenCase.Absolute(
            [
                expected.GetProperty("threshold").GetDouble(), expected.GetProperty("order_statistic_k").GetInt32(),
                new BetaDistribution(shapes[0].GetDouble(), shapes[1].GetDouble()).Mean, expected.GetProperty("false_alarm_mean").GetDouble(),
                interval[0].GetDouble(), interval[1].GetDouble(),
            ],
            [calibration.Threshold(rate), rank, beta.Mean, beta.Mean, beta.Quantile(IntervalTail), beta.Quantile(1 - IntervalTail)]);
    }

    /// <summary>Corrections on a grid, named <c>grid.simes_nSIZE_deltaDELTA</c> and the like.</summary>
    private IEnumerable<GoldenRow> GridRows(SafetensorsFile data, double tolerance)
    {
        const string prefix = "grid.", points = "grid.p";
        var one = new GoldenCase(Name, "grid");
        foreach (var name in data.Tensors.Keys.Where(n => n.StartsWith(prefix, StringComparison.Ordinal) && n != points))
            yield return one.Compare(name[prefix.Length..], tolerance, () =>
            {
                var parts = name[prefix.Length..].Split('_');
                var size = int.Parse(parts[1].TrimStart('n'), CultureInfo.InvariantCulture);
                var delta = double.Parse(parts[2].Replace("delta", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
                var simes = new SimesCorrection(size, delta);
                var grid = GoldenCase.Values(data, points);
                double[] ours = [.. grid.Select(p => parts[0] == "simes" ? simes.Of(p) : DkwmCorrection.Of(p, size, delta))];
                return GoldenCase.Absolute(GoldenCase.Values(data, name), ours);
            });
    }

    /// <summary>Benjamini-Hochberg: adjusted p-values, and what is rejected at each level.</summary>
    private IEnumerable<GoldenRow> BenjaminiHochbergRows(SafetensorsFile data, double tolerance)
    {
        const string adjusted = ".adjusted", reject = ".reject_q";
        foreach (var name in data.Tensors.Keys.Where(n => n.StartsWith("bh_", StringComparison.Ordinal) && !n.EndsWith(".p", StringComparison.Ordinal)))
        {
            var set = name[..name.IndexOf('.')];
            yield return new GoldenCase(Name, set).Compare(name[(set.Length + 1)..], tolerance, () =>
            {
                var p = GoldenCase.Values(data, set + ".p");
                if (name.EndsWith(adjusted, StringComparison.Ordinal))
                    return GoldenCase.Absolute(GoldenCase.Values(data, name), BenjaminiHochberg.Adjusted(p));
                var level = double.Parse(name[(set.Length + reject.Length)..], CultureInfo.InvariantCulture);
                return GoldenCase.Absolute(GoldenCase.Values(data, name), [.. BenjaminiHochberg.Reject(p, level).Select(r => r ? 1.0 : 0)]);
            });
        }
    }

    private IEnumerable<GoldenRow> PacRows(JsonElement expected, double tolerance)
    {
        const double noRank = -1;
        var one = new GoldenCase(Name, "pac");
        foreach (var row in expected.GetProperty("pac_table").EnumerateArray())
        {
            double alpha = row.GetProperty("alpha").GetDouble(), delta = row.GetProperty("delta").GetDouble();
            var size = row.GetProperty("n").GetInt32();
            var theirs = row.GetProperty("k") is { ValueKind: JsonValueKind.Number } k ? k.GetInt32() : noRank;
            yield return one.Compare(
                string.Create(CultureInfo.InvariantCulture, $"n={size},alpha={alpha},delta={delta}"), tolerance,
                () => GoldenCase.Absolute([theirs], [ConformalThreshold.PacRank(alpha, delta, size) ?? noRank]));
        }
        foreach (var entry in expected.GetProperty("pac_minimum_n").EnumerateObject())
            yield return one.Compare($"minimum n, {entry.Name}", tolerance, () =>
            {
                var numbers = entry.Name.Split(',').Select(part => double.Parse(part.Split('=')[1], CultureInfo.InvariantCulture)).ToArray();
                return GoldenCase.Absolute([entry.Value.GetInt32()], [ConformalThreshold.PacMinimumSize(numbers[0], numbers[1])]);
            });
    }
}
