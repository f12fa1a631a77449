using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>Opens a data set by its name: <c>folder:PATH</c>, <c>cifar:FILE.bin[,FILE.bin…]</c>,
/// <c>idx:IMAGES[,LABELS]</c>, <c>mat:FILE.mat</c>, <c>mosaic:DIR</c>, or a bare path.</summary>
public static class DatasetName
{
    /// <summary>The forms a name can take, for help texts.</summary>
    public const string Forms =
        "folder:PATH, cifar:FILE.bin[,FILE.bin...], idx:IMAGES[,LABELS], mat:FILE.mat, mosaic:DIR, or a bare path";

    /// <summary>Opens the data set; a bare path is detected by what lies there.</summary>
    /// <param name="name">The name.</param>
    /// <param name="decoding">How image files are decoded; null for the defaults.</param>
    /// <exception cref="DatasetException">The name or what it points to is wrong; the message says what and where.</exception>
    public static IImageDataset Open(string name, DecodeSettings? decoding = null)
    {
        var colon = name.IndexOf(':');
        var (kind, rest) = colon > 1 ? (name[..colon], name[(colon + 1)..]) : ("", name);
        return kind switch
        {
            "folder" => ImageFolder.Open(rest, decoding ?? new()),
            "cifar" => CifarBinary.Open(File.Exists(rest) ? [rest] : rest.Split(',')),
            "idx" => OpenIdx(rest),
            "mat" => MatImages.Open(rest),
            "mosaic" => MosaicFolder.Open(rest),
            "" => Detect(rest, decoding ?? new()),
            _ => throw new DatasetException($"'{kind}:' is no kind of data set. Use {Forms}."),
        };
    }

    private static IdxImages OpenIdx(string rest)
    {
        var comma = rest.IndexOf(',');
        return comma < 0 ? IdxImages.Open(rest, null) : IdxImages.Open(rest[..comma], rest[(comma + 1)..]);
    }

    private static IImageDataset Detect(string path, DecodeSettings decoding)
    {
        if (Directory.Exists(path)) return MosaicFolder.LooksLike(path) ? MosaicFolder.Open(path) : ImageFolder.Open(path, decoding);
        if (!File.Exists(path)) throw new DatasetException($"{path}: there is no such file or folder. Data sets are named {Forms}.");
        return path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) ? CifarBinary.Open([path])
            : path.EndsWith(".mat", StringComparison.OrdinalIgnoreCase) ? MatImages.Open(path)
            : path.Contains("idx", StringComparison.OrdinalIgnoreCase) ? IdxImages.Open(path, null)
            : throw new DatasetException($"{path} is of no known kind. Data sets are named {Forms}.");
    }
}
