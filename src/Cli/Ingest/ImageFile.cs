using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MoodStream.Cli.Ingest;

/// <summary>One image file below a folder, as it was when it was looked at.</summary>
/// <param name="Path">Path below the folder, with forward slashes.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Changed">When it was changed last, UTC.</param>
internal readonly partial record struct ImageFile(string Path, long SizeBytes, DateTime Changed)
{
    private const int LongestSource = 128;
    private static readonly HashSet<string> Extensions = new([".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name ends as one of the formats that the gateway takes.</summary>
    public static bool IsImage(string name) => Extensions.Contains(System.IO.Path.GetExtension(name));

    /// <summary>Looks at a file; null where it has gone.</summary>
    public static ImageFile? Look(string root, string path)
    {
        var file = new FileInfo(System.IO.Path.Combine(root, path));
        return file.Exists ? new(path, file.Length, file.LastWriteTimeUtc) : null;
    }

    /// <summary>
    /// An image id from where the file lies and how it was: sent again it is the same image, written anew another.
    /// </summary>
    public string ImageId(string source)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{source}\n{Path}\n{SizeBytes}\n{Changed.Ticks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }

    /// <summary>
    /// The source id that a file's folder gives: its path with dots for slashes, and dashes for what an id may not hold; the root's own
    /// name for files that lie in the root.
    /// </summary>
    public static string SourceOf(string root, string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path) is { Length: > 0 } below
            ? below.Replace('\\', '/')
            : System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(root)));
        var id = Dots().Replace(Forbidden().Replace(folder.Replace('/', '.'), "-"), ".").TrimStart('.', '-', '_');
        if (id.Length == 0) return "folder";
        return id.Length <= LongestSource ? id : id[^LongestSource..].TrimStart('.', '-', '_');
    }

    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\.{2,}")]
    private static partial Regex Dots();
}
