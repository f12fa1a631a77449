namespace MoodStream.Mood.Masking;

/// <summary>Numbers of a block mask from a generator that its user has seeded.</summary>
public sealed class SeededMaskChance(Random random) : IMaskChance
{
    /// <inheritdoc/>
    public double Uniform() => random.NextDouble();

    /// <inheritdoc/>
    public int Whole(int max) => random.Next(max + 1);
}
