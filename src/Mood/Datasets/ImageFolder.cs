using System.Security.Cryptography;
using System.Text;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>Image files below a folder, in ordinal order of their paths; folders directly below it are
/// classes.</summary>
public sealed class ImageFolder : IImageDataset
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];
    private readonly DecodeSettings _decoding;
    private readonly string[] _paths;
    private readonly int[]? _labels;

    private ImageFolder(string root, string[] paths, DecodeSettings decoding)
    {
        (Root, Name) = (root, $"folder:{root}");
        _paths = paths;
        _decoding = decoding;
        var classes = paths.Select(p => ClassOf(root, p)).ToArray();
        var names = classes.Distinct().Order(StringComparer.Ordinal).ToArray();
        var labelled = names.Length > 1 && !names.Contains("");
        ClassNames = labelled ? names : [];
        _labels = labelled ? [.. classes.Select(c => Array.IndexOf(names, c))] : null;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <inheritdoc/>
    public int Count => _paths.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Lists a folder and all below it.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="decoding">How files are decoded.</param>
    /// <exception cref="DatasetException">There is no such folder, or no image in it.</exception>
    public static ImageFolder Open(string root, DecodeSettings decoding)
    {
        if (!Directory.Exists(root)) throw new DatasetException($"{root}: there is no such folder.");
        var paths = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(p => Endings.Contains(Path.GetExtension(p), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        return paths.Length > 0
            ? new(root, paths, decoding)
            : throw new DatasetException($"{root} holds no image ({string.Join(", ", Endings)}).");
    }

    /// <inheritdoc/>
    public int? LabelOf(int index) => _labels?[index];

    /// <inheritdoc/>
    public string IdOf(int index) => _paths[index];

    /// <summary>Path of an image below <see cref="Root"/>.</summary>
    public string RelativePathOf(int index) => Path.GetRelativePath(Root, _paths[index]);

    /// <inheritdoc/>
    public Decoded Read(int index) => ImageDecoder.Decode(ReadEncoded(index), _decoding);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) => File.ReadAllBytes(_paths[index]);

    /// <inheritdoc/>
    public void AppendContent(IncrementalHash hash)
    {
        for (var i = 0; i < Count; i++)
        {
            var file = File.ReadAllBytes(_paths[i]);
            hash.AppendData(Encoding.UTF8.GetBytes($"{RelativePathOf(i)} {file.Length}\n"));
            hash.AppendData(file);
        }
    }

    private static string ClassOf(string root, string path)
    {
        var parts = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : "";
    }
}
