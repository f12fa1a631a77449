using System.Runtime.InteropServices;

namespace MoodStream.Gateway.Review.Features;

/// <summary>Features of images as directions: how alike two images are is the cosine of the angle between their features.</summary>
internal static class UnitFeature
{
    /// <summary>Features longer than this are left out: anyone can write to the topics, and memory is bounded.</summary>
    public const int MostValues = 4_096;

    /// <summary>A feature scaled to length 1.</summary>
    /// <param name="feature">D values of float16, little-endian, as they are on the wire.</param>
    /// <returns>D values; null where there are none or too many, or they are not finite, or all zero.</returns>
    public static float[]? Of(ReadOnlySpan<byte> feature)
    {
        if (feature.Length is 0 or > MostValues * sizeof(ushort) || feature.Length % sizeof(ushort) != 0) return null;
        var halves = MemoryMarshal.Cast<byte, Half>(feature);
        var values = new float[halves.Length];
        var square = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)halves[i];
            square += (double)values[i] * values[i];
        }
        if (!(square > 0 && double.IsFinite(square))) return null;
        var scale = (float)(1 / Math.Sqrt(square));
        for (var i = 0; i < values.Length; i++) values[i] *= scale;
        return values;
    }

    /// <summary>Cosine of the angle between two features of length 1, in [−1, 1].</summary>
    /// <param name="one">D values.</param>
    /// <param name="other">D values, as many.</param>
    public static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++) sum += one[i] * other[i];
        return Math.Clamp(sum, -1, 1);
    }
}
