using System.Security.Cryptography;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>The binary layout of CIFAR-10: records of one label byte and 3 planes (R, G, B) of 32x32 bytes.</summary>
/// <remarks>Source: Krizhevsky 2009, "CIFAR-10 binary version".</remarks>
public sealed class CifarBinary : IImageDataset
{
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int RecordBytes = 1 + 3 * Plane;
    private readonly byte[] _bytes;

    private CifarBinary(string path, byte[] bytes)
    {
        Name = $"cifar:{path}";
        _bytes = bytes;
        Count = bytes.Length / RecordBytes;
        ClassNames = [.. Enumerable.Range(0, Enumerable.Range(0, Count).Max(i => bytes[i * RecordBytes]) + 1).Select(c => $"class {c}")];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="DatasetException">The file is missing, empty, or not of whole records.</exception>
    public static CifarBinary Open(string path)
    {
        var bytes = DatasetFiles.ReadAll(path);
        return bytes.Length > 0 && bytes.Length % RecordBytes == 0
            ? new(path, bytes)
            : throw new DatasetException($"{path} has {bytes.Length} bytes, which is no whole number of CIFAR records of {RecordBytes} bytes.");
    }

    /// <inheritdoc/>
    public int? LabelOf(int index) => _bytes[index * RecordBytes];

    /// <inheritdoc/>
    public string IdOf(int index) => index.ToString();

    /// <inheritdoc/>
    public Decoded Read(int index) => new(Image(index), null, null);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) => ImageEncoder.Png(Image(index));

    /// <inheritdoc/>
    public void AppendContent(IncrementalHash hash) => hash.AppendData(_bytes);

    private RgbImage Image(int index)
    {
        var planes = _bytes.AsSpan(index * RecordBytes + 1, 3 * Plane);
        var pixels = new byte[3 * Plane];
        for (var i = 0; i < Plane; i++)
            for (var c = 0; c < 3; c++)
                pixels[3 * i + c] = planes[c * Plane + i];
        return new(Side, Side, pixels);
    }
}
