using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>The IDX layout of MNIST and Fashion-MNIST: grey images in one file, labels in another; gzip allowed.</summary>
/// <remarks>Source: LeCun, "The MNIST database", file formats.</remarks>
public sealed class IdxImages : IImageDataset
{
    private const int ImageMagic = 0x0803;
    private const int LabelMagic = 0x0801;
    private const int ImageHeader = 16;
    private const int LabelHeader = 8;
    private const long MaxBytes = 2L << 30;
    private readonly byte[] _images;
    private readonly byte[]? _labels;
    private readonly int _height;
    private readonly int _width;

    private IdxImages(string name, byte[] images, byte[]? labels)
    {
        Name = name;
        _images = images;
        _labels = labels;
        Count = Int(images, 4);
        _height = Int(images, 8);
        _width = Int(images, 12);
        ClassNames = labels is null ? [] : [.. Enumerable.Range(0, labels.AsSpan(LabelHeader).ToArray().Max() + 1).Select(c => $"class {c}")];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Reads both files whole.</summary>
    /// <exception cref="DatasetException">A file is missing or malformed, or the counts differ.</exception>
    public static IdxImages Open(string imagesPath, string? labelsPath)
    {
        var images = Inflate(imagesPath);
        if (images.Length < ImageHeader || Int(images, 0) != ImageMagic)
            throw new DatasetException($"{imagesPath} is not an IDX file of images (magic number 0x0803).");
        if (Int(images, 4) <= 0 || Int(images, 8) <= 0 || Int(images, 12) <= 0
            || (long)Int(images, 4) * Int(images, 8) * Int(images, 12) != images.Length - ImageHeader)
            throw new DatasetException($"{imagesPath} announces {Int(images, 4)} images of {Int(images, 8)} x {Int(images, 12)}, which do not fill the file.");
        var labels = labelsPath is null ? null : Labels(labelsPath, Int(images, 4));
        return new($"idx:{imagesPath}", images, labels);
    }

    /// <inheritdoc/>
    public int? LabelOf(int index) => _labels?[LabelHeader + index];

    /// <inheritdoc/>
    public string IdOf(int index) => index.ToString();

    /// <inheritdoc/>
    public Decoded Read(int index, ResizeRule? shrinkTo = null) => new(Image(index), null, null);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) => ImageEncoder.Png(Image(index));

    /// <inheritdoc/>
    public void AppendContent(IncrementalHash hash)
    {
        hash.AppendData(_images);
        if (_labels is not null) hash.AppendData(_labels);
    }

    private RgbImage Image(int index)
    {
        var grey = _images.AsSpan(ImageHeader + index * _height * _width, _height * _width);
        var pixels = new byte[3 * grey.Length];
        for (var i = 0; i < grey.Length; i++) pixels.AsSpan(3 * i, 3).Fill(grey[i]);
        return new(_width, _height, pixels);
    }

    private static byte[] Labels(string path, int count)
    {
        var labels = Inflate(path);
        if (labels.Length < LabelHeader || Int(labels, 0) != LabelMagic)
            throw new DatasetException($"{path} is not an IDX file of labels (magic number 0x0801).");
        if (Int(labels, 4) != count || labels.Length != LabelHeader + count)
            throw new DatasetException($"{path} has {Int(labels, 4)} labels for {count} images.");
        return labels;
    }

    private static byte[] Inflate(string path)
    {
        var bytes = DatasetFiles.ReadAll(path);
        if (bytes is not [0x1f, 0x8b, ..]) return bytes;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                plain.Write(buffer, 0, read);
                if (plain.Length > MaxBytes) throw new DatasetException($"{path} inflates to more than {MaxBytes} bytes.");
            }
            return plain.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"{path} is damaged: {e.Message}");
        }
    }

    private static int Int(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
}
