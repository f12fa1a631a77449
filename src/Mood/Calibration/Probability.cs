namespace MoodStream.Mood.Calibration;

/// <summary>What a probability must be.</summary>
internal static class Probability
{
    /// <summary>Refuses what is not strictly between 0 and 1; NaN included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside (0, 1).</exception>
    public static void RequireInside(double value, string parameter)
    {
        if (!(value is > 0 and < 1)) throw new ArgumentOutOfRangeException(parameter, value, "Outside (0, 1).");
    }
}
