using System.Reflection;
using MoodStream.TestKit;

namespace MoodStream.RepositoryTests;

/// <summary>The files and the built assemblies of this checkout.</summary>
internal static class Checkout
{
    /// <summary>Projects under src with the name of their assembly.</summary>
    public static readonly IReadOnlyDictionary<string, string> AssemblyNames =
        new[] { "Contracts", "Mood", "Streaming", "Gateway", "Scorer", "Trainer", "Cli" }
            .ToDictionary(p => p, p => p == "Cli" ? "mood" : $"MoodStream.{p}");

    private static readonly string[] Unread = ["artifacts", "bin", "obj", ".git", ".moodstream", "node_modules", "out", "runs"];

    /// <summary>Full path of a file or folder of the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([SharedFiles.Checkout, .. parts]);

    /// <summary>Text of a file of the checkout.</summary>
    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>Path below the checkout, with forward slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(SharedFiles.Checkout, path).Replace('\\', '/');

    /// <summary>Files below a folder of the checkout whose names match, without build output.</summary>
    public static IEnumerable<string> Files(string folder, params string[] patterns)
    {
        var start = PathOf(folder);
        if (!Directory.Exists(start)) return [];
        return patterns.SelectMany(p => Walk(start, p)).Order(StringComparer.Ordinal);
    }

    /// <summary>The built assemblies of the product, by project.</summary>
    public static Assembly AssemblyOf(string project) => Assembly.Load(AssemblyNames[project]);

    /// <summary>Every type of the product.</summary>
    public static IEnumerable<Type> ProductTypes() => AssemblyNames.Keys.SelectMany(p => AssemblyOf(p).GetTypes());

    private static IEnumerable<string> Walk(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder)
                .Where(d => !Unread.Contains(Path.GetFileName(d)))
                .SelectMany(d => Walk(d, pattern)));
}
