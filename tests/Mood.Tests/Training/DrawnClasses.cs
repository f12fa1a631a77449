using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Training;

/// <summary>Images drawn from a seed, of four classes that differ in their colour.</summary>
internal sealed class DrawnClasses(int count, int side) : IImageDataset
{
    public const int Classes = 4;

    public string Name => "drawn";

    public int Count => count;

    public IReadOnlyList<string> ClassNames { get; } = [.. Enumerable.Range(0, Classes).Select(c => $"colour {c}")];

    public int? LabelOf(int index) => index % Classes;

    public string IdOf(int index) => index.ToString();

    public byte[] ReadEncoded(int index) => ImageEncoder.Png(Draw(index));

    public Decoded Read(int index, ResizeRule? shrinkTo = null) => new(Draw(index), null, null);

    private RgbImage Draw(int index)
    {
        var random = new Random(index);
        var pixels = new byte[side * side * 3];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(random.Next(120) + (i % 3 == index % Classes || index % Classes == 3 ? 120 : 0));
        return new(side, side, pixels);
    }
}
