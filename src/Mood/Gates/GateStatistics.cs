using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Gates;

/// <summary>
/// Everything a gate judges with: a fitted detector, the calibration scores, the promised false-alarm rate with its
/// threshold, and where all this comes from. Immutable; published as one safetensors file. The caller disposes it.
/// </summary>
/// <remarks>Thread-safety: judging from several threads is safe on the CPU; disposing is not.</remarks>
public sealed class GateStatistics : IDisposable
{
    /// <summary>Puts statistics together. They own the detector from here on.</summary>
    /// <param name="detector">The fitted detector.</param>
    /// <param name="calibration">Scores of held-out in-distribution images by this detector.</param>
    /// <param name="targetFalseAlarmRate">Promised false-alarm rate, in (0, 1).</param>
    /// <param name="fitCount">Number of images behind the fit, at least 1.</param>
    /// <param name="provenance">Where they come from.</param>
    /// <param name="confidence">Confidence of the promise over calibration sets, in (0, 1); null for the marginal promise,
    /// which holds on average.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the confidence is outside (0, 1), or the count below
    /// 1.</exception>
    /// <exception cref="CalibrationTooSmallException">The calibration set does not support the rate.</exception>
    /// <exception cref="StatisticsException">The number of class names is neither 0 nor the number of
    /// classes.</exception>
    public GateStatistics(
        FittedDetector detector,
        ConformalCalibration calibration,
        double targetFalseAlarmRate,
        int fitCount,
        GateProvenance provenance,
        double? confidence = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fitCount, 1);
        if (detector.ClassCount > 1 && provenance.ClassNames.Count != 0 && provenance.ClassNames.Count != detector.ClassCount)
            throw new StatisticsException(
                StatisticsFault.Inconsistent, $"There are {provenance.ClassNames.Count} class names for {detector.ClassCount} classes.");
        Promise = new CalibrationPromise(targetFalseAlarmRate, confidence);
        Threshold = calibration.Threshold(Promise);
        (Detector, Calibration, FitCount, Provenance) = (detector, calibration, fitCount, provenance);
    }

    /// <summary>The fitted detector, owned by this object.</summary>
    public FittedDetector Detector { get; }

    /// <summary>The calibration scores.</summary>
    public ConformalCalibration Calibration { get; }

    /// <summary>What the threshold promises.</summary>
    public CalibrationPromise Promise { get; }

    /// <summary>Promised false-alarm rate, in (0, 1).</summary>
    public double TargetFalseAlarmRate => Promise.FalseAlarmRate;

    /// <summary>Images with a score of at most this are accepted.</summary>
    public double Threshold { get; }

    /// <summary>How the realised false-alarm rate of the threshold varies over calibration sets.</summary>
    public BetaDistribution RealisedRate => Promise.RealisedRate(CalibrationCount);

    /// <summary>Number of images behind the fit.</summary>
    public int FitCount { get; }

    /// <summary>Number of images behind the threshold.</summary>
    public int CalibrationCount => Calibration.Count;

    /// <summary>Number of features D of a row that can be judged.</summary>
    public int FeatureDimension => Detector.Dimension;

    /// <summary>Where the statistics come from.</summary>
    public GateProvenance Provenance { get; }

    /// <summary>What heat maps are drawn with, owned by this object; null where the fit made none.</summary>
    public PatchStatistics? Patches { get; internal init; }

    /// <summary>The same statistics with others to draw heat maps with.</summary>
    /// <param name="patches">What heat maps are drawn with.</param>
    /// <returns>Statistics that share the detector with these, and own neither: these keep the detector, the caller the
    /// patches.</returns>
    public GateStatistics With(PatchStatistics patches) =>
        new(Detector, Calibration, TargetFalseAlarmRate, FitCount, Provenance, Promise.Confidence) { Patches = patches };

    /// <summary>Judges a batch. A row that cannot be judged says so itself and disturbs no other.</summary>
    /// <param name="inputs">Rows of the detector's kind of input, shape [B, D], any floating type; B may be 0.</param>
    /// <returns>One judgement per row, in order.</returns>
    /// <exception cref="ArgumentException">The shape is not [B, D], or the type is not floating.</exception>
    public IReadOnlyList<GateJudgement> Judge(Tensor inputs)
    {
        var (scores, nearest) = Detector.Score(inputs);
        var judgements = new GateJudgement[scores.Length];
        for (var i = 0; i < scores.Length; i++)
            judgements[i] = double.IsFinite(scores[i])
                ? new GateJudgement(scores[i], Calibration.PValue(scores[i]), scores[i] <= Threshold, nearest?[i])
                : new GateJudgement(scores[i], double.NaN, Accepted: false, NearestClass: null);
        return judgements;
    }

    /// <summary>The statistics as one safetensors file. Equal statistics give equal bytes.</summary>
    public byte[] ToBytes() => GateStatisticsFile.ToBytes(this);

    /// <summary>Writes the file; an existing one is replaced only once the new one is whole.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        var temporary = path + ".partial";
        File.WriteAllBytes(temporary, ToBytes());
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads what <see cref="ToBytes"/> made; every byte is checked.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="source">Name used in errors.</param>
    /// <returns>The statistics. The caller disposes them.</returns>
    /// <exception cref="GateStatisticsException">The bytes are malformed, damaged, or contradict
    /// themselves.</exception>
    public static GateStatistics Read(ReadOnlyMemory<byte> bytes, string source = "gate statistics") =>
        GateStatisticsFile.Read(bytes, source);

    /// <summary>Reads a file that <see cref="Write"/> made.</summary>
    /// <inheritdoc cref="Read" path="/returns|/exception"/>
    /// <param name="path">Path of the file.</param>
    public static GateStatistics Open(string path)
    {
        try
        {
            return Read(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateStatisticsException(path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Detector.Dispose();
        Patches?.Dispose();
    }
}
