using System.Security.Cryptography;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>Many small images packed into square mosaics, tile by tile, row by row; labels beside them, one byte each.</summary>
/// <remarks>
/// Layout: <c>NAME_00.jpg</c>, <c>NAME_01.jpg</c>, … in order, <c>NAME.labels</c> (its length is the number of images) and
/// <c>*_classes.txt</c> (a name a line). Tiles are 32x32. Mosaics are lossy: for pre-training, not for scoring.
/// </remarks>
public sealed class MosaicFolder : IImageDataset
{
    private const int Tile = 32;
    private readonly RgbImage[] _mosaics;
    private readonly byte[] _labels;
    private readonly int _tilesPerRow;

    private MosaicFolder(string root, RgbImage[] mosaics, byte[] labels, string[] classNames)
    {
        Name = $"mosaic:{root}";
        _mosaics = mosaics;
        _labels = labels;
        _tilesPerRow = mosaics[0].Width / Tile;
        ClassNames = classNames;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Decodes all mosaics into memory: 3 KiB an image.</summary>
    /// <exception cref="DatasetException">The folder is no mosaic data set, or a file in it is damaged.</exception>
    public static MosaicFolder Open(string root)
    {
        if (!Directory.Exists(root)) throw new DatasetException($"{root}: there is no such folder.");
        var labelFiles = Directory.GetFiles(root, "*.labels");
        if (labelFiles.Length != 1) throw new DatasetException($"{root} holds {labelFiles.Length} .labels files; a mosaic data set has one.");
        var labels = DatasetFiles.ReadAll(labelFiles[0]);
        var stem = Path.GetFileNameWithoutExtension(labelFiles[0]);
        var mosaics = Directory.GetFiles(root, stem + "_*.jpg").Order(StringComparer.Ordinal).Select(Decode).ToArray();
        var tiles = mosaics.Sum(m => (long)(m.Width / Tile) * (m.Height / Tile));
        if (mosaics.Length == 0 || tiles < labels.Length || labels.Length == 0)
            throw new DatasetException($"{root} holds {tiles} tiles for {labels.Length} labels.");
        if (mosaics.Any(m => m.Width != mosaics[0].Width) || mosaics[..^1].Any(m => m.Height != mosaics[0].Height))
            throw new DatasetException($"{root} holds mosaics of different sizes; only the last may be lower.");
        return new(root, mosaics, labels, ReadClassNames(root, labels.Max() + 1));
    }

    /// <summary>Whether a folder looks like a mosaic data set.</summary>
    public static bool LooksLike(string root) => Directory.Exists(root) && Directory.EnumerateFiles(root, "*.labels").Any();

    /// <inheritdoc/>
    public int? LabelOf(int index) => _labels[index];

    /// <inheritdoc/>
    public string IdOf(int index) => index.ToString();

    /// <inheritdoc/>
    public Decoded Read(int index, ResizeRule? shrinkTo = null) => new(Image(index), null, null);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) => ImageEncoder.Png(Image(index));

    /// <inheritdoc/>
    public void AppendContent(IncrementalHash hash)
    {
        foreach (var mosaic in _mosaics) hash.AppendData(mosaic.Pixels);
        hash.AppendData(_labels);
    }

    private RgbImage Image(int index)
    {
        var perMosaic = _tilesPerRow * (_mosaics[0].Height / Tile);
        var place = index % perMosaic;
        return _mosaics[index / perMosaic].Crop(place % _tilesPerRow * Tile, place / _tilesPerRow * Tile, Tile, Tile);
    }

    private static RgbImage Decode(string path)
    {
        var decoded = ImageDecoder.Decode(DatasetFiles.ReadAll(path), new DecodeSettings());
        return decoded.Image ?? throw new DatasetException($"{path} cannot be decoded: {decoded.Detail}");
    }

    private static string[] ReadClassNames(string root, int classes)
    {
        var files = Directory.GetFiles(root, "*_classes.txt");
        string[] lines = files.Length == 1 ? File.ReadAllLines(files[0]) : [];
        return [.. Enumerable.Range(0, classes).Select(c => c < lines.Length ? lines[c].Trim() : $"class {c}")];
    }
}
