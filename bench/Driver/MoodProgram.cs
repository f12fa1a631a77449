using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Driver;

/// <summary>The program <c>mood</c>, whose verbs and services a benchmark starts.</summary>
internal static class MoodProgram
{
    private const string Name = "mood";
    private static readonly string BesideInCheckout = Path.Combine("..", "..", "Cli", "release");

    /// <summary>Its path.</summary>
    /// <exception cref="CliException">It is not built.</exception>
    public static string Find()
    {
        string[] folders = [Path.Combine(AppContext.BaseDirectory, BesideInCheckout), AppContext.BaseDirectory];
        return folders.Select(f => Path.Combine(f, Name)).FirstOrDefault(File.Exists)
            ?? throw new CliException($"{Name} is not built; run ./mood bench in a checkout.");
    }
}
