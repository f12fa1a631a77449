namespace MoodStream.Mood.Verification;

/// <summary>All parts of a golden kit that this build can check.</summary>
public static class GoldenKit
{
    /// <summary>The sections, in the order they are run.</summary>
    public static IReadOnlyList<IGoldenSection> Sections { get; } =
    [
        new ModelsSection(),
        new PreprocessSection(),
        new ResizeSection(),
        new MasksSection(),
        new StatsSection(),
        new MetricsSection(),
        new ConformalSection(),
    ];

    /// <summary>Checks every section whose folder exists.</summary>
    /// <param name="kit">The kit's folder.</param>
    public static IEnumerable<GoldenRow> Verify(string kit) => Sections
        .Where(s => Directory.Exists(Path.Combine(kit, s.Name)))
        .SelectMany(s => s.Verify(Path.Combine(kit, s.Name)));
}
