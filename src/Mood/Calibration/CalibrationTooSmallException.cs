namespace MoodStream.Mood.Calibration;

/// <summary>The calibration set has too few images for the false-alarm rate that is to be promised.</summary>
public sealed class CalibrationTooSmallException : Exception
{
    /// <summary>Says what was wanted and what there is.</summary>
    public CalibrationTooSmallException(double falseAlarmRate, int calibrationSize, int minimumSize, double? smallestRate, string? advice = null, double? confidence = null)
        : base(Text(falseAlarmRate, calibrationSize, minimumSize, smallestRate, advice, confidence)) =>
        (FalseAlarmRate, CalibrationSize, MinimumSize, SmallestRate) = (falseAlarmRate, calibrationSize, minimumSize, smallestRate);

    /// <summary>The rate that was to be promised, in (0, 1).</summary>
    public double FalseAlarmRate { get; }

    /// <summary>Calibration scores that there are.</summary>
    public int CalibrationSize { get; }

    /// <summary>Fewest calibration scores that support the rate.</summary>
    public int MinimumSize { get; }

    /// <summary>Smallest rate that the scores at hand support; null where they support none.</summary>
    public double? SmallestRate { get; }

    private static string Text(double rate, int size, int minimum, double? smallest, string? advice, double? confidence)
    {
        var support = smallest is { } least ? $"{size:N0} support a rate of {least:G6} at the least" : $"{size:N0} support none";
        return $"A false-alarm rate of {rate:G6}{(confidence is { } c ? $" with confidence {c:G6}" : "")} needs at least {minimum:N0} calibration images; {support}.{(advice is null ? "" : " " + advice)}";
    }
}
