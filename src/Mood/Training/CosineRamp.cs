namespace MoodStream.Mood.Training;

/// <summary>A value that goes from one end to the other along half a cosine, and stays there.</summary>
/// <param name="From">Value at step 0.</param>
/// <param name="To">Value from the last step of the ramp on.</param>
/// <param name="Steps">Steps of the ramp; 0 is there at once.</param>
/// <remarks>Source: Ramesh et al. 2021, appendix A.2: temperature and weight of the divergence both follow a cosine.</remarks>
public sealed record CosineRamp(double From, double To, long Steps)
{
    /// <summary>Value at a step, counted from 0.</summary>
    public double At(long step) =>
        step >= Steps ? To : To + 0.5 * (From - To) * (1 + Math.Cos(Math.PI * step / Steps));
}
