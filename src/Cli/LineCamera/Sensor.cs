using System.Numerics;
using MoodStream.Mood.Imaging;

namespace MoodStream.Cli.LineCamera;

/// <summary>The camera's chip: a little softness of the lens, the light, and noise.</summary>
internal sealed class Sensor
{
    private const int Margin = 64;
    private const int NoiseUnit = 32;
    private readonly int _size;
    private readonly int _noiseSide;
    private readonly sbyte[] _noise;
    private readonly byte[] _between;
    private readonly byte[] _soft;
    private readonly float[] _across;
    private readonly float[] _lamps;
    private readonly int[] _shot = new int[256];

    /// <summary>Draws a tile of noise, larger than the picture so that frames can take different parts of it.</summary>
    public Sensor(int size, Random chance)
    {
        _size = size;
        _noiseSide = size + Margin;
        _noise = new sbyte[_noiseSide * _noiseSide * RgbImage.Channels];
        for (var i = 0; i < _noise.Length; i++) _noise[i] = (sbyte)Math.Clamp(chance.Normal(NoiseUnit), -127, 127);
        _between = new byte[size * size * 4];
        _soft = new byte[size * size * 4];
        _across = new float[size];
        _lamps = new float[size];
        // Of a photon count the noise grows with the root; some read-out noise is always there.
        for (var v = 0; v < 256; v++) _shot[v] = (int)(256 * (0.55 + 0.45 * Math.Sqrt(v / 255.0)));
    }

    /// <summary>Turns a drawn scene into what the camera hands out.</summary>
    /// <param name="scene">The scene, RGBA, size · size · 4 bytes.</param>
    /// <param name="light">Its illumination.</param>
    /// <param name="chance">Draws of this frame.</param>
    public RgbImage Expose(ReadOnlySpan<byte> scene, Light light, Random chance)
    {
        Soften(scene, (ushort)chance.Between(18, 44));
        var image = new RgbImage(_size, _size, new byte[_size * _size * RgbImage.Channels]);
        var strength = (int)(256 * chance.Between(2.6, 4.2) / NoiseUnit);
        var (left, top) = (chance.Next(Margin), chance.Next(Margin));
        for (var x = 0; x < _size; x++)
        {
            var u = 2f * x / _size - 1;
            (_across[x], _lamps[x]) = (light.Across(u), light.Lamps(u));
        }

        for (var y = 0; y < _size; y++)
        {
            var to = image.Pixels.AsSpan(y * _size * RgbImage.Channels, _size * RgbImage.Channels);
            var noise = _noise.AsSpan(((y + top) * _noiseSide + left) * RgbImage.Channels, to.Length);
            ExposeRow(_soft.AsSpan(y * _size * 4), to, noise, light.Down(2f * y / _size - 1), light.Warmth, strength);
        }

        return image;
    }

    private void ExposeRow(
        ReadOnlySpan<byte> from, Span<byte> to, ReadOnlySpan<sbyte> noise, float down, float warmth, int strength)
    {
        for (var x = 0; x < _size; x++)
        {
            var gain = _lamps[x] * (_across[x] + down);
            var at = x * RgbImage.Channels;
            to[at] = Read(from[x * 4] * gain * (1 + warmth), noise[at], strength);
            to[at + 1] = Read(from[x * 4 + 1] * gain, noise[at + 1], strength);
            to[at + 2] = Read(from[x * 4 + 2] * gain * (1 - warmth), noise[at + 2], strength);
        }
    }

    private byte Read(float value, sbyte noise, int strength)
    {
        var level = Math.Clamp((int)(value + 0.5f), 0, 255);
        return (byte)Math.Clamp(level + (noise * strength * _shot[level] + (1 << 15) >> 16), 0, 255);
    }

    // Three taps each way, weights side : 256 - 2 side : side; the outermost pixels stay as they are.
    private void Soften(ReadOnlySpan<byte> scene, ushort side)
    {
        var stride = _size * 4;
        scene.CopyTo(_between);
        Mix(scene, scene[4..], scene[8..], _between.AsSpan(4, scene.Length - 8), side);
        _between.CopyTo(_soft, 0);
        Mix(_between, _between.AsSpan(stride), _between.AsSpan(2 * stride), _soft.AsSpan(stride, scene.Length - 2 * stride), side);
    }

    private static void Mix(
        ReadOnlySpan<byte> before, ReadOnlySpan<byte> here, ReadOnlySpan<byte> after, Span<byte> to, ushort side)
    {
        var middle = (ushort)(256 - 2 * side);
        var i = 0;
        for (; i <= to.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(before[i..]), out var before0, out var before1);
            Vector.Widen(new Vector<byte>(here[i..]), out var here0, out var here1);
            Vector.Widen(new Vector<byte>(after[i..]), out var after0, out var after1);
            var low = ((before0 + after0) * side + here0 * middle) >>> 8;
            var high = ((before1 + after1) * side + here1 * middle) >>> 8;
            Vector.Narrow(low, high).CopyTo(to[i..]);
        }

        for (; i < to.Length; i++) to[i] = (byte)((side * (before[i] + after[i]) + middle * here[i]) >> 8);
    }
}
