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

    private ImageFolder(string root, string[] paths, (string[] Names, int[]? Labels) classes, DecodeSettings decoding)
    {
        (Root, Name) = (root, $"folder:{root}");
        (_paths, _decoding) = (paths, decoding);
        (ClassNames, _labels) = classes;
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
        var paths = Images(root);
        return new(root, paths, ClassesOf(root, paths), decoding);
    }

    /// <summary>Takes the images that a list names, in ordinal order of their paths.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="listed">Paths below the folder.</param>
    /// <param name="decoding">How files are decoded.</param>
    /// <exception cref="DatasetException">There is no such folder, no image is listed, or one is not there.</exception>
    public static ImageFolder OpenListed(string root, IEnumerable<string> listed, DecodeSettings decoding)
    {
        if (!Directory.Exists(root)) throw new DatasetException($"{root}: there is no such folder.");
        string[] paths = [.. listed.Select(p => Path.Combine(root, p)).Distinct().Order(StringComparer.Ordinal)];
        if (paths.Length == 0) throw new DatasetException($"No image of {root} is listed.");
        return Array.Find(paths, p => !File.Exists(p)) is { } missing
            ? throw new DatasetException($"{missing} is listed, yet there is no such file.")
            : new(root, paths, ClassesOf(root, paths), decoding);
    }

    /// <summary>Takes some of the folders directly below a folder as classes; all others are left alone.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="classes">Folder and name of each class, in the order of their numbers.</param>
    /// <param name="decoding">How files are decoded.</param>
    /// <exception cref="DatasetException">A folder is not there, or holds no image.</exception>
    public static ImageFolder OpenClasses(
        string root, IReadOnlyList<(string Folder, string Name)> classes, DecodeSettings decoding)
    {
        string[][] byClass = [.. classes.Select(c => Images(Path.Combine(root, c.Folder)))];
        int[] labels = [.. byClass.SelectMany((paths, c) => Enumerable.Repeat(c, paths.Length))];
        return new(root, [.. byClass.SelectMany(paths => paths)], ([.. classes.Select(c => c.Name)], labels), decoding);
    }

    /// <inheritdoc/>
    public int? LabelOf(int index) => _labels?[index];

    /// <inheritdoc/>
    public string IdOf(int index) => _paths[index];

    /// <summary>Path of an image below <see cref="Root"/>.</summary>
    public string RelativePathOf(int index) => Path.GetRelativePath(Root, _paths[index]);

    /// <inheritdoc/>
    public Decoded Read(int index, ResizeRule? shrinkTo = null) => ImageDecoder.Decode(ReadEncoded(index), _decoding with { ShrinkTo = shrinkTo });

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

    private static string[] Images(string root)
    {
        if (!Directory.Exists(root)) throw new DatasetException($"{root}: there is no such folder.");
        var paths = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(p => Endings.Contains(Path.GetExtension(p), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        return paths.Length > 0
            ? paths
            : throw new DatasetException($"{root} holds no image ({string.Join(", ", Endings)}).");
    }

    private static (string[] Names, int[]? Labels) ClassesOf(string root, string[] paths)
    {
        var classes = paths.Select(p => ClassOf(root, p)).ToArray();
        var names = classes.Distinct().Order(StringComparer.Ordinal).ToArray();
        var numbers = names.Select((name, number) => (name, number)).ToDictionary(c => c.name, c => c.number);
        return names.Length > 1 && !names.Contains("") ? (names, [.. classes.Select(c => numbers[c])]) : ([], null);
    }

    private static string ClassOf(string root, string path)
    {
        var parts = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : "";
    }
}
