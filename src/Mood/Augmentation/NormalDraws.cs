namespace MoodStream.Mood.Augmentation;

/// <summary>Normal draws of a <see cref="Random"/>.</summary>
internal static class NormalDraws
{
    /// <summary>One draw of N(0, 1), by Box and Muller.</summary>
    public static double NextNormal(this Random chance) =>
        Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
