using Xunit;

namespace MoodStream.TestKit;

/// <summary>Finds the folder of shared reference data and real images beside the checkout; tests that need it skip where it is absent.</summary>
public static class SharedFiles
{
    /// <summary>Root of this checkout.</summary>
    public static string Checkout { get; } = Ancestors().First(d => File.Exists(Path.Combine(d, "MoodStream.sln")));

    private static readonly string? Root = FindRoot();              // after Checkout, which it reads

    /// <summary>Full path of a file or folder of the shared data; skips the test, with the reason, where it is absent.</summary>
    public static string Require(params string[] parts)
    {
        var path = Root is null ? null : Path.Combine([Root, .. parts]);
        if (path is null || !Path.Exists(path)) Assert.Skip($"needs ../shared/{string.Join('/', parts)} beside the checkout");
        return path!;
    }

    private static string? FindRoot()
    {
        var shared = Path.GetFullPath(Path.Combine(Checkout, "..", "shared"));
        return Directory.Exists(shared) ? shared : null;
    }

    private static IEnumerable<string> Ancestors()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent) yield return d.FullName;
    }
}
