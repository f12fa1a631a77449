using System.Security.Cryptography;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>
/// The binary layouts of CIFAR: records of a label byte (CIFAR-10) or of the bytes of superclass and class (CIFAR-100),
/// then 3 planes (R, G, B) of 32x32 bytes.
/// </summary>
/// <remarks>Source: Krizhevsky 2009, "CIFAR-10 binary version" and "CIFAR-100 binary version".</remarks>
public sealed class CifarBinary : IImageDataset
{
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int ImageBytes = 3 * Plane;
    private const int PlainRecord = 1 + ImageBytes;
    private const int SuperclassRecord = 2 + ImageBytes;
    private readonly byte[][] _files;
    private readonly int[] _firsts;
    private readonly int _recordBytes;

    private CifarBinary(IReadOnlyList<string> paths, byte[][] files, int recordBytes, IReadOnlyList<string>? classNames)
    {
        Name = $"cifar:{string.Join(',', paths)}";
        (_files, _recordBytes) = (files, recordBytes);
        _firsts = new int[files.Length];
        for (var f = 1; f < files.Length; f++) _firsts[f] = _firsts[f - 1] + files[f - 1].Length / recordBytes;
        Count = _firsts[^1] + files[^1].Length / recordBytes;
        ClassNames = classNames ?? (recordBytes == SuperclassRecord
            ? Cifar100.ClassNames
            : [.. Enumerable.Range(0, LargestLabel() + 1).Select(c => $"class {c}")]);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Reads files whole, one after the other, as one data set.</summary>
    /// <param name="paths">The files, at least one, all of one layout.</param>
    /// <param name="classNames">Names of the classes by number; null: those of CIFAR-100, or numbers.</param>
    /// <exception cref="DatasetException">A file is missing, empty, not of whole records, of another layout than the
    /// first, or has a label without a name.</exception>
    public static CifarBinary Open(IReadOnlyList<string> paths, IReadOnlyList<string>? classNames = null)
    {
        byte[][] files = [.. paths.Select(DatasetFiles.ReadAll)];
        int[] records = [.. files.Select((bytes, f) => RecordBytesOf(paths[f], bytes))];
        var other = Array.FindIndex(records, r => r != records[0]);
        if (other > 0)
            throw new DatasetException(
                $"{paths[0]} has records of {records[0]} bytes and {paths[other]} of {records[other]}: "
                + "they are no one data set.");
        var opened = new CifarBinary(paths, files, records[0], classNames);
        var (largest, classes) = (opened.LargestLabel(), opened.ClassNames.Count);
        return largest < classes
            ? opened
            : throw new DatasetException($"{opened.Name} has the label {largest}, yet there are {classes} classes.");
    }

    /// <inheritdoc/>
    public int? LabelOf(int index) => Record(index)[_recordBytes - ImageBytes - 1];

    /// <inheritdoc/>
    public string IdOf(int index) => index.ToString();

    /// <inheritdoc/>
    public Decoded Read(int index, ResizeRule? shrinkTo = null) => new(Image(index), null, null);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) => ImageEncoder.Png(Image(index));

    /// <inheritdoc/>
    public void AppendContent(IncrementalHash hash)
    {
        foreach (var file in _files) hash.AppendData(file);
    }

    /// <summary>
    /// The layout is told by the length; where both fit, by the labels: a byte pair of CIFAR-100 is a class and its own
    /// superclass in every record.
    /// </summary>
    private static int RecordBytesOf(string path, byte[] bytes)
    {
        var fits = bytes.Length > 0 && bytes.Length % SuperclassRecord == 0;
        var stray = fits ? FirstStray(bytes) : null;
        if (fits && stray is null) return SuperclassRecord;
        if (bytes.Length > 0 && bytes.Length % PlainRecord == 0) return PlainRecord;
        throw new DatasetException(stray is { } record
            ? $"{path}: record {record} has the superclass {bytes[record * SuperclassRecord]} and the class "
              + $"{bytes[record * SuperclassRecord + 1]}, which CIFAR-100 does not have together."
            : $"{path} has {bytes.Length} bytes, which is no whole number of CIFAR records of {PlainRecord} "
              + $"or, with superclasses, {SuperclassRecord} bytes.");
    }

    /// <summary>The first record whose class is not of its superclass; null if there is none.</summary>
    private static int? FirstStray(byte[] bytes)
    {
        for (var record = 0; record < bytes.Length / SuperclassRecord; record++)
        {
            var (superclass, own) = (bytes[record * SuperclassRecord], bytes[record * SuperclassRecord + 1]);
            if (own >= Cifar100.ClassNames.Count || Cifar100.SuperclassOf(Cifar100.ClassNames[own]) != superclass)
                return record;
        }
        return null;
    }

    private int LargestLabel() => Enumerable.Range(0, Count).Max(i => LabelOf(i)!.Value);

    private ReadOnlySpan<byte> Record(int index)
    {
        var file = Array.FindLastIndex(_firsts, first => first <= index);
        return _files[file].AsSpan((index - _firsts[file]) * _recordBytes, _recordBytes);
    }

    private RgbImage Image(int index)
    {
        var planes = Record(index)[^ImageBytes..];
        var pixels = new byte[ImageBytes];
        for (var i = 0; i < Plane; i++)
            for (var c = 0; c < 3; c++)
                pixels[3 * i + c] = planes[c * Plane + i];
        return new(Side, Side, pixels);
    }
}
