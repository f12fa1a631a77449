using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MoodStream.Contracts;

namespace MoodStream.Gateway.Review.Features;

/// <summary>
/// A feature of length 1 projected to 64 values, so that thousands of cases can be compared without their features: distances between
/// sketches are those between the features, give or take a tenth.
/// </summary>
/// <remarks>
/// Source: Achlioptas 2003, "Database-friendly random projections", theorem 1.1: the entries of the matrix are ±1/√64.
/// Differs: signs come from SplitMix64 at the value's index, so that the matrix is nowhere stored and never changes: sketches stay in Redis.
/// </remarks>
internal static class FeatureSketch
{
    /// <summary>Values of a sketch.</summary>
    public const int Values = 64;

    /// <summary>Bytes of a sketch: what made the feature, and the values as float32, little-endian.</summary>
    public const int Bytes = SpaceBytes + Values * sizeof(float);

    private const int SpaceBytes = 8;
    private const ulong Seed = 0x6d6f6f6473747265;

    /// <summary>The sketch of a result's feature.</summary>
    /// <returns><see cref="Bytes"/> bytes; null where the feature is none that can be compared.</returns>
    public static byte[]? Of(ImageScored scored)
    {
        if (UnitFeature.Of(scored.Feature) is not { } feature) return null;
        var values = new float[Values];
        for (var i = 0; i < feature.Length; i++)
        {
            var (signs, value) = (Mix(Seed + (ulong)i * 0x9e3779b97f4a7c15), feature[i] / MathF.Sqrt(Values));
            for (var j = 0; j < Values; j++) values[j] += (signs >> j & 1) == 0 ? value : -value;
        }
        var sketch = new byte[Bytes];
        SpaceOf(scored, feature.Length).CopyTo(sketch, 0);
        for (var j = 0; j < Values; j++) BinaryPrimitives.WriteSingleLittleEndian(sketch.AsSpan(SpaceBytes + j * sizeof(float)), values[j]);
        return sketch;
    }

    /// <summary>Euclidean distance of two sketches; infinite where their features cannot be compared.</summary>
    public static double Distance(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != Bytes || other.Length != Bytes || !one[..SpaceBytes].SequenceEqual(other[..SpaceBytes])) return double.PositiveInfinity;
        var left = MemoryMarshal.Cast<byte, float>(one[SpaceBytes..]);
        var right = MemoryMarshal.Cast<byte, float>(other[SpaceBytes..]);
        var square = 0f;
        for (var j = 0; j < Values; j++) square += (left[j] - right[j]) * (left[j] - right[j]);
        return Math.Sqrt(square);
    }

    private static byte[] SpaceOf(ImageScored scored, int length) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{scored.ModelHash}\n{scored.PreprocessingHash}\n{length}"))[..SpaceBytes];

    // SplitMix64's finaliser (Steele, Lea, Flood 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
