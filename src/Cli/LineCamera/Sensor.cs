using MoodStream.Mood.Imaging;

namespace MoodStream.Cli.LineCamera;

/// <summary>The camera's chip: a little softness of the lens, the light, and noise.</summary>
internal sealed class Sensor
{
    private const int Margin = 64;
    private readonly int _size;
    private readonly int _noiseSide;
    private readonly sbyte[] _noise;
    private readonly byte[] _soft;
    private readonly int[] _shot = new int[256];

    /// <summary>Draws a tile of noise, larger than the picture so that frames can take different parts of it.</summary>
    public Sensor(int size, Random chance)
    {
        _size = size;
        _noiseSide = size + Margin;
        _noise = new sbyte[_noiseSide * _noiseSide * RgbImage.Channels];
        for (var i = 0; i < _noise.Length; i++) _noise[i] = (sbyte)Math.Clamp(chance.Normal(32), -127, 127);
        _soft = new byte[size * size * 4];
        // Of a photon count the noise grows with the root; some read-out noise is always there.
        for (var v = 0; v < 256; v++) _shot[v] = (int)(256 * (0.55 + 0.45 * Math.Sqrt(v / 255.0)));
    }

    /// <summary>Turns a drawn scene into what the camera hands out.</summary>
    /// <param name="scene">The scene, RGBA, size · size · 4 bytes.</param>
    /// <param name="light">Its illumination.</param>
    /// <param name="chance">Draws of this frame.</param>
    public RgbImage Expose(ReadOnlySpan<byte> scene, Light light, Random chance)
    {
        Soften(scene, (int)chance.Between(18, 44));
        var image = new RgbImage(_size, _size, new byte[_size * _size * RgbImage.Channels]);
        var strength = (int)(256 * chance.Between(2.0, 3.2) / 32);
        var (left, top) = (chance.Next(Margin), chance.Next(Margin));
        for (var y = 0; y < _size; y++)
        {
            var from = _soft.AsSpan(y * _size * 4, _size * 4);
            var to = image.Pixels.AsSpan(y * _size * RgbImage.Channels, _size * RgbImage.Channels);
            var noise = _noise.AsSpan(((y + top) * _noiseSide + left) * RgbImage.Channels, to.Length);
            ExposeRow(from, to, noise, light, strength, 2f * y / _size - 1);
        }

        return image;
    }

    private void ExposeRow(
        ReadOnlySpan<byte> from, Span<byte> to, ReadOnlySpan<sbyte> noise, Light light, int strength, float v)
    {
        for (var x = 0; x < _size; x++)
        {
            var gain = light.Gain(2f * x / _size - 1, v);
            var at = x * RgbImage.Channels;
            to[at] = Read(from[x * 4] * gain * (1 + light.Warmth), noise[at], strength);
            to[at + 1] = Read(from[x * 4 + 1] * gain, noise[at + 1], strength);
            to[at + 2] = Read(from[x * 4 + 2] * gain * (1 - light.Warmth), noise[at + 2], strength);
        }
    }

    private byte Read(float value, sbyte noise, int strength)
    {
        var level = Math.Clamp((int)value, 0, 255);
        return (byte)Math.Clamp(level + (noise * strength * _shot[level] >> 16), 0, 255);
    }

    // Three taps each way, weights side : 256 − 2 side : side; the outermost pixels stay as they are.
    private void Soften(ReadOnlySpan<byte> scene, int side)
    {
        var (stride, middle) = (_size * 4, 256 - 2 * side);
        scene.CopyTo(_soft);
        for (var y = 0; y < _size; y++)
        {
            var from = scene.Slice(y * stride, stride);
            var to = _soft.AsSpan(y * stride, stride);
            for (var i = 4; i < to.Length - 4; i++) to[i] = (byte)((side * (from[i - 4] + from[i + 4]) + middle * from[i]) >> 8);
        }

        Span<byte> above = _soft.AsSpan(0, stride).ToArray();
        for (var y = 1; y < _size - 1; y++)
        {
            var row = _soft.AsSpan(y * stride, stride);
            var below = _soft.AsSpan((y + 1) * stride, stride);
            for (var i = 0; i < row.Length; i++)
            {
                var here = row[i];
                row[i] = (byte)((side * (above[i] + below[i]) + middle * here) >> 8);
                above[i] = here;
            }
        }
    }
}
