using System.Runtime.InteropServices;

namespace MoodStream.GatewayTests.Fakes;

/// <summary>Features as they are on the wire.</summary>
internal static class Features
{
    /// <summary>These values as float16, little-endian.</summary>
    public static byte[] Of(params double[] values) => MemoryMarshal.AsBytes<Half>(values.Select(v => (Half)v).ToArray()).ToArray();

    /// <summary>A feature of 192 values around a centre, of which there are a thousand; the jitter is its relative size.</summary>
    public static byte[] Near(int centre, int number, double jitter)
    {
        var (around, own) = (new Random(centre), new Random(1000 * centre + number));
        return Of([.. Enumerable.Range(0, 192).Select(_ => around.NextDouble() - 0.5 + jitter * (own.NextDouble() - 0.5))]);
    }
}
