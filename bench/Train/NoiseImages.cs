using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;

namespace MoodStream.Bench.Train;

/// <summary>Images of noise that lie ready in memory: only augmentation and training cost time.</summary>
internal sealed class NoiseImages : IImageDataset
{
    private readonly RgbImage[] _images;

    /// <param name="count">How many.</param>
    /// <param name="side">Side of each; pixels.</param>
    public NoiseImages(int count, int side)
    {
        var chance = new Random(count);
        _images = [.. Enumerable.Range(0, count).Select(_ =>
        {
            var pixels = new byte[RgbImage.Channels * side * side];
            chance.NextBytes(pixels);
            return new RgbImage(side, side, pixels);
        })];
    }

    public string Name => "noise";

    public int Count => _images.Length;

    public IReadOnlyList<string> ClassNames => [];

    public int? LabelOf(int index) => null;

    public string IdOf(int index) => $"{index}";

    public Decoded Read(int index, ResizeRule? shrinkTo = null) => new(_images[index], null, null);

    public byte[] ReadEncoded(int index) => ImageEncoder.Png(_images[index]);
}
