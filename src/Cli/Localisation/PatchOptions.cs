using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Localisation;

namespace MoodStream.Cli.Localisation;

/// <summary>Options of everything that draws or measures heat maps.</summary>
internal static class PatchOptions
{
    private const string All = "all";

    private static string Known => string.Join(", ", PatchGaussianKinds.All.Select(k => k.Name()));

    /// <summary>One kind of patch Gaussian.</summary>
    public static Option<string> Kind() => new("--patch-gaussian")
    {
        Description = $"What the positions of the patch grid share: {Known}.", HelpName = "NAME",
        DefaultValueFactory = _ => PatchGaussianKinds.Usual.Name(),
    };

    /// <summary>Several kinds of patch Gaussian.</summary>
    public static Option<string> Kinds() => new("--patch-gaussian")
    {
        Description = $"Localisation: what the positions of the patch grid share, separated by commas, or {All}: {Known}.",
        HelpName = "NAMES", DefaultValueFactory = _ => All,
    };

    /// <summary>Smoothing of the maps.</summary>
    public static Option<double> Smoothing() => new("--smooth")
    {
        Description = "Smooth heat maps by a Gaussian of this standard deviation, in patches; 0: not at all.",
        HelpName = "PATCHES", DefaultValueFactory = _ => 0,
    };

    /// <summary>Folder of the maps.</summary>
    public static Option<DirectoryInfo?> Folder(string what) =>
        new("--heatmaps") { Description = what, HelpName = "DIR" };

    /// <exception cref="CliException">There is no such kind.</exception>
    public static PatchGaussianKind ParseKind(string name) => PatchGaussianKinds.TryParse(name, out var kind)
        ? kind.Value
        : throw new CliException($"'{name}' is no kind of patch Gaussian. Known are {Known}.", ExitCode.WrongUsage);

    /// <exception cref="CliException">One of them is no kind, or there is none.</exception>
    public static IReadOnlyList<PatchGaussianKind> ParseKinds(string names)
    {
        if (names == All) return PatchGaussianKinds.All;
        PatchGaussianKind[] kinds = [.. names.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct().Select(ParseKind)];
        return kinds.Length > 0 ? kinds
            : throw new CliException("--patch-gaussian names nothing.", ExitCode.WrongUsage);
    }

    /// <exception cref="CliException">The deviation is negative or no number.</exception>
    public static double RequireSmoothing(double deviation) => deviation >= 0 && double.IsFinite(deviation)
        ? deviation
        : throw new CliException($"--smooth is {deviation}; it is a number from 0.", ExitCode.WrongUsage);

    /// <exception cref="CliException">The kind would take too much memory.</exception>
    public static void RequireBounded(PatchGaussianKind kind, PatchExtraction extraction)
    {
        if (PatchMoments.Refusal(kind, extraction.Grid, extraction.Dimension) is { } refusal)
            throw new CliException(refusal);
    }
}
