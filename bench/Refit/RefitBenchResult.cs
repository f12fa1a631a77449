using System.Text.Json.Serialization;
using MoodStream.Bench.Driver;

namespace MoodStream.Bench.Refit;

/// <summary>Our figures on the images that scikit-learn was given too.</summary>
/// <param name="Images">Images of the comparison.</param>
/// <param name="EmpiricalSeconds">Seconds to accumulate them and make the covariance.</param>
/// <param name="LedoitWolfSeconds">Seconds to scale, accumulate and fit <c>gaussian-lw</c>, factorisation included.</param>
/// <param name="CovarianceDifference">Largest difference of the covariances over the largest value.</param>
/// <param name="ShrinkageDifference">Difference of the Ledoit-Wolf intensities over theirs.</param>
/// <param name="ScikitLearn">Their figures.</param>
internal sealed record RefitComparison(
    int Images, double EmpiricalSeconds, double LedoitWolfSeconds, double CovarianceDifference, double ShrinkageDifference,
    ScikitLearnFigures ScikitLearn);

/// <summary>What accumulating and refitting costs.</summary>
/// <param name="Machine">What it was measured on.</param>
/// <param name="Images">Images N.</param>
/// <param name="Width">Number of features D.</param>
/// <param name="Classes">Number of classes K.</param>
/// <param name="AccumulateSeconds">Seconds to take all images into the moments, without drawing them.</param>
/// <param name="RefitSeconds">Seconds to fit, calibrate and ask every guard.</param>
/// <param name="StateBytes">Bytes of the moments, 8 (K·D + D² + 2 K).</param>
/// <param name="PeakBytes">Bytes by which memory rose at its worst while accumulating, batches included.</param>
/// <param name="PeakBytesOfATenth">The same for a tenth of the images.</param>
/// <param name="RefitPeakBytes">Bytes by which it rose while refitting, calibration and fresh images included.</param>
/// <param name="GuardsPassed">Guards that passed, of <paramref name="Guards"/>.</param>
/// <param name="Guards">Guards that were asked.</param>
/// <param name="Comparison">Beside scikit-learn; null where it is not installed.</param>
internal sealed record RefitBenchResult(
    BenchMachine Machine, int Images, int Width, int Classes, double AccumulateSeconds, double RefitSeconds, long StateBytes,
    long PeakBytes, long PeakBytesOfATenth, long RefitPeakBytes, int GuardsPassed, int Guards, RefitComparison? Comparison)
{
    private const double Tolerance = 1e-9;

    /// <summary>Whether both give the same, and every guard passed.</summary>
    [JsonIgnore]
    public bool Holds => GuardsPassed == Guards
        && Comparison is null or { CovarianceDifference: <= Tolerance, ShrinkageDifference: <= Tolerance };
}

/// <summary>Source-generated JSON of the result.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RefitBenchResult))]
[JsonSerializable(typeof(ScikitLearnFigures))]
internal sealed partial class RefitBenchJson : JsonSerializerContext;
