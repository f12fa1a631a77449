namespace MoodStream.Mood.Calibration;

/// <summary>Finds where a monotone condition turns true.</summary>
internal static class Bisection
{
    /// <summary>Halvings after which an interval within [0, 1] holds no other double of note.</summary>
    private const int Halvings = 100;

    /// <summary>
    /// The smallest point of [low, high] where the condition holds, if it is false below some point and true above;
    /// else high.
    /// </summary>
    public static double FirstTrue(double low, double high, Func<double, bool> holds)
    {
        for (var i = 0; i < Halvings; i++)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            if (holds(middle)) high = middle;
            else low = middle;
        }
        return high;
    }
}
