using TorchSharp;

namespace MoodStream.Mood.Weights;

/// <summary>Tensors by name in the safetensors format; a file is memory-mapped, and only what is loaded is read.</summary>
/// <remarks>
/// Source: huggingface/safetensors, "Format": 8 bytes header length (little-endian), JSON header, raw little-endian data.
/// Thread-safety: reading from several threads is safe; disposing is not.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly ByteSource _bytes;
    private readonly SafetensorsHeader _header;
    private readonly string _source;

    private SafetensorsFile(ByteSource bytes, string source)
    {
        _bytes = bytes;
        _source = source;
        try
        {
            _header = SafetensorsHeader.Parse(bytes, source);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _header.Tensors;

    /// <summary>Free-form text of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file by memory map. The caller disposes it.</summary>
    /// <exception cref="SafetensorsException">There is no such file, or it is malformed.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path)) throw new SafetensorsException(path, "there is no such file.");
        try
        {
            return new(ByteSource.Map(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SafetensorsException(path, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads from memory; the memory must stay unchanged while the result is in use.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="source">Name used in errors.</param>
    /// <exception cref="SafetensorsException">The bytes are malformed.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> bytes, string source = "safetensors") => new(ByteSource.Of(bytes), source);

    /// <summary>Loads one tensor onto the CPU, in its stored type. The caller disposes it.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor.</exception>
    public torch.Tensor Load(string name)
    {
        var entry = Entry(name);
        var tensor = torch.empty([.. entry.Shape], dtype: entry.Type);
        if (entry.ByteCount > 0) Raw(entry).CopyTo(tensor.bytes);
        return tensor;
    }

    /// <summary>The raw little-endian bytes of one tensor; valid until the file is disposed.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it exceeds 2 GiB.</exception>
    public ReadOnlySpan<byte> Raw(string name) => Raw(Entry(name));

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private TensorEntry Entry(string name) => Tensors.TryGetValue(name, out var entry)
        ? entry
        : throw new SafetensorsException(_source, $"there is no tensor '{name}'.");

    private ReadOnlySpan<byte> Raw(TensorEntry entry) => entry.ByteCount <= int.MaxValue
        ? _bytes.Slice(_header.DataStart + entry.Begin, (int)entry.ByteCount)
        : throw new SafetensorsException(_source, $"the tensor '{entry.Name}' exceeds 2 GiB.");
}
