using MoodStream.Mood.Calibration;
using MoodStream.Mood.Drift;

namespace MoodStream.MoodTests.Drift;

/// <summary>
/// A stream of standard normal scores, judged with a calibration set drawn for it: what a gate sees, without the images.
/// </summary>
internal sealed class DriftStream
{
    private readonly Random _random;
    private readonly ConformalCalibration _calibration;

    public DriftStream(int seed, int calibrationSize)
    {
        _random = new Random(seed);
        _calibration = ConformalCalibration.Of([.. Enumerable.Range(0, calibrationSize).Select(_ => Normal())]);
    }

    /// <summary>An image whose score is shifted and scaled; in standard deviations of the scores.</summary>
    public DriftObservation Next(double shift = 0, double scale = 1) => new()
    {
        PValue = _calibration.SmoothedPValue(Normal() * scale + shift, Uniform()), Draw = Uniform(),
    };

    /// <summary>A draw strictly between 0 and 1.</summary>
    private double Uniform() => (_random.NextInt64(1L << 52) + 0.5) / (1L << 52);

    private double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());
}
