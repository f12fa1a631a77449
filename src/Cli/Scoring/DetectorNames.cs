using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Detectors;

namespace MoodStream.Cli.Scoring;

/// <summary>Detectors by name on the command line.</summary>
internal static class DetectorNames
{
    /// <summary>The metrics that the paper's ablation compares; its Mahalanobis distance is that of its release.</summary>
    /// <remarks>Source: Li et al. 2023, table 5.</remarks>
    private const string Paper = "msp,entropy,energy,gradnorm,mood-parity";

    private static string Known => string.Join(", ", DetectorRegistry.All.Select(d => d.Name));

    public static Option<string> Single() => new("--detector")
    {
        Description = $"Detector: {Known}.", DefaultValueFactory = _ => DetectorRegistry.Usual.Name,
    };

    public static Option<string> Several() => new("--detectors")
    {
        Description = $"Detectors separated by commas, all, or paper ({Paper}: the paper's table 5): {Known}.", DefaultValueFactory = _ => "all", HelpName = "NAMES",
    };

    /// <exception cref="CliException">There is no such detector.</exception>
    public static Detector Parse(string name) => DetectorRegistry.TryGet(name, out var detector)
        ? detector
        : throw new CliException($"'{name}' is no detector. Known are {Known}.", ExitCode.WrongUsage);

    /// <summary>Detectors by name, or all there are, and whether they were named one by one.</summary>
    /// <exception cref="CliException">One of them is no detector.</exception>
    public static (IReadOnlyList<Detector> Detectors, bool AreNamed) ParseChosen(string names) => names switch
    {
        "all" => (DetectorRegistry.All, false),
        "paper" => ParseChosen(Paper),
        _ => ([.. DetectorRegistry.SplitNames(names).Distinct().Select(Parse)], true),
    };
}
