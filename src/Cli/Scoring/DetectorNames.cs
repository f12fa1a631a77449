using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Detectors;

namespace MoodStream.Cli.Scoring;

/// <summary>Detectors by name on the command line.</summary>
internal static class DetectorNames
{
    private static string Known => string.Join(", ", DetectorRegistry.All.Select(d => d.Name));

    public static Option<string> Single() => new("--detector")
    {
        Description = $"Detector: {Known}.", DefaultValueFactory = _ => DetectorRegistry.Usual.Name,
    };

    public static Option<string> Several() => new("--detectors")
    {
        Description = $"Detectors separated by commas, or all: {Known}.", DefaultValueFactory = _ => "all", HelpName = "NAMES",
    };

    /// <exception cref="CliException">There is no such detector.</exception>
    public static Detector Parse(string name) => DetectorRegistry.TryGet(name, out var detector)
        ? detector
        : throw new CliException($"'{name}' is no detector. Known are {Known}.", ExitCode.WrongUsage);

    /// <summary>Detectors by name, or all there are, and whether they were named one by one.</summary>
    /// <exception cref="CliException">One of them is no detector.</exception>
    public static (IReadOnlyList<Detector> Detectors, bool AreNamed) ParseChosen(string names) => names == "all"
        ? (DetectorRegistry.All, false)
        : ([.. DetectorRegistry.SplitNames(names).Distinct().Select(Parse)], true);
}
