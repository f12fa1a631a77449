using System.Runtime.InteropServices;
using System.Text;

namespace MoodStream.Bench.Forward;

/// <summary>A protobuf message as it is written: fields of variable-length integers, floats, texts and other messages.</summary>
/// <remarks>Source: Protocol Buffers' documentation, "Encoding". Only what an ONNX file needs.</remarks>
internal sealed class OnnxMessage : IDisposable
{
    private const int Variable = 0, Prefixed = 2, Fixed32 = 5;
    private readonly MemoryStream _bytes = new();

    /// <summary>An integer.</summary>
    public OnnxMessage Add(int field, long value)
    {
        Tag(field, Variable);
        Write((ulong)value);
        return this;
    }

    /// <summary>A float.</summary>
    public OnnxMessage Add(int field, float value)
    {
        Tag(field, Fixed32);
        _bytes.Write(BitConverter.GetBytes(value));
        return this;
    }

    /// <summary>A text.</summary>
    public OnnxMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Raw bytes.</summary>
    public OnnxMessage Add(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Prefixed);
        Write((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>A message, which is disposed.</summary>
    public OnnxMessage Add(int field, OnnxMessage value)
    {
        Add(field, value._bytes.GetBuffer().AsSpan(0, (int)value._bytes.Length));
        value.Dispose();
        return this;
    }

    /// <summary>Writes the message as a file.</summary>
    public void Save(string path)
    {
        using var file = File.Create(path);
        _bytes.WriteTo(file);
    }

    /// <summary>A tensor of integers or floats with its name.</summary>
    public static OnnxMessage Tensor<T>(string name, IEnumerable<long> shape, ReadOnlySpan<T> values) where T : unmanaged
    {
        const int float32 = 1, int64 = 7;
        var tensor = new OnnxMessage();
        foreach (var side in shape) tensor.Add(1, side);
        return tensor.Add(2, typeof(T) == typeof(float) ? float32 : (long)int64).Add(8, name).Add(9, MemoryMarshal.AsBytes(values));
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private void Tag(int field, int kind) => Write((ulong)(field << 3 | kind));

    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
