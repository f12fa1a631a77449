using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;

namespace MoodStream.Mood.Weights;

/// <summary>Writes tensors in the safetensors format: names in ordinal order, so that equal content gives equal bytes.</summary>
/// <remarks>Source: huggingface/safetensors, "Format". Tensors on a device are copied to the CPU one at a time.</remarks>
public static class SafetensorsWriter
{
    /// <summary>Writes a file; an existing one is replaced only once the new one is whole.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<(string Name, torch.Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var temporary = path + ".partial";
        using (var stream = File.Create(temporary)) Write(stream, tensors, metadata);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The whole file in memory.</summary>
    public static byte[] ToBytes(IEnumerable<(string Name, torch.Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or a tensor's type cannot be stored.</exception>
    public static void Write(Stream stream, IEnumerable<(string Name, torch.Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, metadata ?? new Dictionary<string, string>());
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in ordered)
        {
            using var scope = torch.NewDisposeScope();
            if (tensor.numel() > 0) stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    private static byte[] Header((string Name, torch.Tensor Tensor)[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (name, text) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(name, text);
            json.WriteEndObject();
            long begin = 0;
            for (var i = 0; i < tensors.Length; i++)
            {
                var (name, tensor) = tensors[i];
                if (i > 0 && tensors[i - 1].Name == name) throw new ArgumentException($"The tensor '{name}' occurs twice.", nameof(tensors));
                begin = WriteEntry(json, name, tensor, begin);
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');       // data aligned for mapped reads
        return buffer.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, string name, torch.Tensor tensor, long begin)
    {
        var end = begin + tensor.numel() * tensor.element_size();
        json.WriteStartObject(name);
        json.WriteString("dtype", ElementTypes.NameOf(tensor.dtype));
        json.WriteStartArray("shape");
        foreach (var side in tensor.shape) json.WriteNumberValue(side);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
