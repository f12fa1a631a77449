using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Training;

/// <summary>Images drawn from a seed: coloured squares on a ground.</summary>
internal sealed class DrawnImages(int count, int side, int damagedEvery = int.MaxValue) : IImageDataset
{
    public string Name => "drawn";

    public int Count => count;

    public IReadOnlyList<string> ClassNames => [];

    public int? LabelOf(int index) => null;

    public string IdOf(int index) => index.ToString();

    public byte[] ReadEncoded(int index) => ImageEncoder.Png(Draw(index));

    public Decoded Read(int index, ResizeRule? shrinkTo = null) => index % damagedEvery == damagedEvery - 1
        ? new(null, ImageFault.Undecodable, "damaged on purpose")
        : new(Draw(index), null, null);

    private RgbImage Draw(int index)
    {
        var random = new Random(index);
        var pixels = new byte[side * side * 3];
        Array.Fill(pixels, (byte)random.Next(256));
        var (left, top, colour) = (random.Next(side / 2), random.Next(side / 2), (byte)random.Next(256));
        for (var y = top; y < top + side / 2; y++) pixels.AsSpan(3 * (y * side + left), 3 * (side / 2)).Fill(colour);
        return new(side, side, pixels);
    }
}
