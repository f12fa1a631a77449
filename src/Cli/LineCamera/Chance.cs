namespace MoodStream.Cli.LineCamera;

/// <summary>What random numbers of a frame are for.</summary>
internal enum ChanceStream
{
    /// <summary>Belt, part and pose.</summary>
    Scene,

    /// <summary>The defect.</summary>
    Flaw,

    /// <summary>Light and noise.</summary>
    Exposure,
}

/// <summary>Draws of the simulated camera.</summary>
internal static class Chance
{
    /// <summary>Random numbers of one frame: they depend on seed, serial and stream alone, not on the frames before.</summary>
    /// <param name="seed">Seed of the camera.</param>
    /// <param name="serial">Number of the frame.</param>
    /// <param name="stream">What they are for: a defect must not disturb the rest of the picture.</param>
    public static Random Of(int seed, int serial, ChanceStream stream)
    {
        // SplitMix64's finaliser: neighbouring serials must not give related sequences.
        var mixed = ((ulong)(uint)seed << 32 | (uint)serial) + (ulong)(stream + 1) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        return new Random((int)(mixed ^ mixed >> 31));
    }

    /// <summary>Uniform in [low, high).</summary>
    public static float Between(this Random chance, double low, double high) =>
        (float)(low + (high - low) * chance.NextDouble());

    /// <summary>Normal with a standard deviation, cut off at 2.5 of them.</summary>
    public static float Normal(this Random chance, double deviation)
    {
        var standard = Math.Sqrt(-2.0 * Math.Log(1.0 - chance.NextDouble())) * Math.Cos(Math.Tau * chance.NextDouble());
        return (float)(deviation * Math.Clamp(standard, -2.5, 2.5));
    }

    /// <summary>True with a probability.</summary>
    public static bool Happens(this Random chance, double probability) => chance.NextDouble() < probability;

    /// <summary>One of several.</summary>
    public static T OneOf<T>(this Random chance, IReadOnlyList<T> choices) => choices[chance.Next(choices.Count)];
}
