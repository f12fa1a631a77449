using System.Security.Cryptography;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>Images of equal size in a MATLAB file, as SVHN has them: <c>X</c> of height, width, 3 channels and images,
/// and
/// <c>y</c> with the labels 1..10, of which 10 stands for the digit 0.</summary>
/// <remarks>Source: Netzer et al. 2011, "Reading Digits in Natural Images with Unsupervised Feature Learning", format
/// 2.</remarks>
public sealed class MatImages : IImageDataset
{
    private const int Digits = 10;
    private const string ImagesName = "X";
    private const string LabelsName = "y";
    private readonly byte[] _images;
    private readonly byte[] _labels;
    private readonly int _height;
    private readonly int _width;

    private MatImages(string path, MatArray images, MatArray labels)
    {
        (Name, _images, _labels) = ($"mat:{path}", images.Values, labels.Values);
        (_height, _width, Count) = (images.Sides[0], images.Sides[1], images.Sides[3]);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; } = [.. Enumerable.Range(0, Digits).Select(d => $"{d}")];

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="DatasetException">The file is missing or damaged, or does not hold images and
    /// labels.</exception>
    public static MatImages Open(string path)
    {
        var arrays = MatFile.Read(path);
        if (!arrays.TryGetValue(ImagesName, out var images) || !arrays.TryGetValue(LabelsName, out var labels))
            throw new DatasetException($"{path} does not hold both {ImagesName} and {LabelsName} as bytes.");
        if (images.Sides is not [> 0, > 0, RgbImage.Channels, > 0] || labels.Values.Length != images.Sides[3])
            throw new DatasetException(
                $"{path}: {ImagesName} is {string.Join(" x ", images.Sides)} and {LabelsName} has "
                + $"{labels.Values.Length} values; "
                + "height x width x 3 x images, and a label for each, are wanted.");
        var wrong = Array.FindIndex(labels.Values, l => l is < 1 or > Digits);
        return wrong < 0
            ? new(path, images, labels)
            : throw new DatasetException($"{path}: label {wrong} is {labels.Values[wrong]}; it lies in 1..{Digits}.");
    }

    /// <inheritdoc/>
    public int? LabelOf(int index) => _labels[index] % Digits;

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
        hash.AppendData(_labels);
    }

    private RgbImage Image(int index)
    {
        var plane = _height * _width;
        var stored = _images.AsSpan(index * RgbImage.Channels * plane, RgbImage.Channels * plane);
        var pixels = new byte[stored.Length];
        for (var i = 0; i < plane; i++)
            for (var c = 0; c < RgbImage.Channels; c++)
                pixels[RgbImage.Channels * i + c] = stored[c * plane + i % _width * _height + i / _width];
        return new(_width, _height, pixels);
    }
}
