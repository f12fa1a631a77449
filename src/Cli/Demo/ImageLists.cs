using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;

namespace MoodStream.Cli.Demo;

/// <summary>Encoded images in memory as a data set without labels.</summary>
internal sealed class EncodedImages(string name, IReadOnlyList<byte[]> images) : IImageDataset
{
    public string Name => name;

    public int Count => images.Count;

    public IReadOnlyList<string> ClassNames => [];

    public int? LabelOf(int index) => null;

    public string IdOf(int index) => index.ToString();

    public Decoded Read(int index, ResizeRule? shrinkTo = null) => ImageDecoder.Decode(images[index], new DecodeSettings { ShrinkTo = shrinkTo });

    public byte[] ReadEncoded(int index) => images[index];
}

/// <summary>Some images of a data set, with their labels.</summary>
internal sealed class DatasetPart(IImageDataset whole, int[] places) : IImageDataset
{
    public string Name => whole.Name;

    public int Count => places.Length;

    public IReadOnlyList<string> ClassNames => whole.ClassNames;

    public int? LabelOf(int index) => whole.LabelOf(places[index]);

    public string IdOf(int index) => whole.IdOf(places[index]);

    public Decoded Read(int index, ResizeRule? shrinkTo = null) => whole.Read(places[index], shrinkTo);

    public byte[] ReadEncoded(int index) => whole.ReadEncoded(places[index]);
}
