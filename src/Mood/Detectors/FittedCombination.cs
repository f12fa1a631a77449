using MoodStream.Mood.Calibration;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Two fitted detectors, each with its calibration scores.</summary>
internal sealed class FittedCombination : FittedPair
{
    private const string FirstCalibration = "calibration.first";
    private const string SecondCalibration = "calibration.second";

    private readonly CombinedDetector _detector;
    private readonly ConformalCalibration _firstScores;
    private readonly ConformalCalibration _secondScores;

    private FittedCombination(
        CombinedDetector detector, FittedDetector first, FittedDetector second, ConformalCalibration ofFirst, ConformalCalibration ofSecond)
        : base(detector, first, second, [Stored(FirstCalibration, ofFirst), Stored(SecondCalibration, ofSecond)]) =>
        (_detector, _firstScores, _secondScores) = (detector, ofFirst, ofSecond);

    /// <inheritdoc/>
    public override int Dimension => First.Detector.Input == Second.Detector.Input ? First.Dimension : First.Dimension + Second.Dimension;

    /// <inheritdoc/>
    public override int ClassCount => 1;

    /// <summary>Calibrates both on rows that neither was fitted to, and takes them over.</summary>
    /// <exception cref="StatisticsException">A row has no finite score.</exception>
    internal static FittedCombination Calibrated(CombinedDetector detector, FittedDetector first, FittedDetector second, Tensor rows)
    {
        try
        {
            ConformalCalibration Of(FittedDetector part) => ConformalCalibration.Of(part.Score(Part(rows, detector, part.Detector)).Scores);
            return new FittedCombination(detector, first, second, Of(first), Of(second));
        }
        catch (Exception e)
        {
            second.Dispose();
            if (e is not ArgumentException) throw;
            throw new StatisticsException(StatisticsFault.NoDirection, $"A row cannot be scored by {detector}: {e.Message}", e);
        }
    }

    internal static FittedCombination Restore(CombinedDetector detector, IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        var (first, second, more) = RestoreBoth(detector.First, detector.Second, state);
        try
        {
            ConformalCalibration ofFirst = Read(more, FirstCalibration), ofSecond = Read(more, SecondCalibration);
            more.RequireNothingElse();
            if (ofFirst.Count != ofSecond.Count || (first.Detector.Input == second.Detector.Input && first.Dimension != second.Dimension))
                throw new StatisticsException(StatisticsFault.Inconsistent, "The two detectors were not fitted to the same rows.");
            return new FittedCombination(detector, first, second, ofFirst, ofSecond);
        }
        catch
        {
            first.Dispose();
            second.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override DetectorScores Score(Tensor inputs)
    {
        RequireRows(inputs);
        using var scope = NewDisposeScope();
        var first = First.Score(Part(inputs, _detector, First.Detector)).Scores;
        var second = Second.Score(Part(inputs, _detector, Second.Detector)).Scores;
        return new DetectorScores([.. first.Zip(second, Combine)], null);
    }

    /// <summary>The columns of joint rows that a detector looks at. The caller's scope owns them.</summary>
    internal static Tensor Part(Tensor rows, CombinedDetector joint, Detector part)
    {
        if (part.Input == joint.Input) return rows;
        var features = rows.shape[1] - PixelFeatures.Count;
        if (features < 1)
            throw new ArgumentException(
                $"{joint} looks at features and {PixelFeatures.Count} pixels side by side; rows of {rows.shape[1]} values are too short.", nameof(rows));
        return part.Input == DetectorInput.Features ? rows.narrow(1, 0, features) : rows.narrow(1, features, PixelFeatures.Count);
    }

    private double Combine(double first, double second)
    {
        if (double.IsNaN(first) || double.IsNaN(second)) return double.NaN;
        double p = _firstScores.PValue(first), q = _secondScores.PValue(second);
        return _detector.Rule switch
        {
            PValueRule.Fisher => FisherCombination.StatisticOf([p, q]),
            PValueRule.Maximum => -Math.Log(Math.Min(p, q)),
            _ => -Math.Log(Math.Max(p, q)),
        };
    }

    private static ConformalCalibration Read(StoredState state, string name)
    {
        var scores = state.Get(name, StoredState.Any).data<double>().ToArray();
        var calibration = ConformalCalibration.Of(scores);
        return calibration.Scores.SequenceEqual(scores)
            ? calibration
            : throw new StatisticsException(StatisticsFault.Inconsistent, $"'{name}' is not sorted.");
    }

    private static (string Name, Tensor Value) Stored(string name, ConformalCalibration calibration) =>
        (name, tensor(calibration.Scores.ToArray(), ScalarType.Float64));
}
