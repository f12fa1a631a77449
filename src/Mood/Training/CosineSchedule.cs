namespace MoodStream.Mood.Training;

/// <summary>Learning rate by step: linear warm-up from 0, then half a cosine down to the minimum.</summary>
/// <param name="Peak">Learning rate at the end of the warm-up.</param>
/// <param name="Minimum">Learning rate at the last step.</param>
/// <param name="WarmUpSteps">Steps of warm-up.</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <remarks>Source: Loshchilov and Hutter 2017, "SGDR", eq. (5), without restarts.</remarks>
public sealed record CosineSchedule(double Peak, double Minimum, long WarmUpSteps, long TotalSteps)
{
    /// <summary>Learning rate of a step, counted from 0.</summary>
    public double At(long step)
    {
        if (step < WarmUpSteps) return Peak * (step + 1) / WarmUpSteps;
        var steps = Math.Max(1, TotalSteps - 1 - WarmUpSteps);
        var progress = Math.Min(1, (double)(step - WarmUpSteps) / steps);
        return Minimum + 0.5 * (Peak - Minimum) * (1 + Math.Cos(Math.PI * progress));
    }
}
