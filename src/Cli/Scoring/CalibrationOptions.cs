using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Calibration;

namespace MoodStream.Cli.Scoring;

/// <summary>The options that say what a threshold promises.</summary>
internal static class CalibrationOptions
{
    private const string Marginal = "marginal";
    private const string Pac = "pac";

    public static Option<string> Mode()
    {
        var option = new Option<string>("--calibration")
        {
            Description = "What the rate means: kept on average over calibration sets (marginal), or by this one with a confidence (pac).",
            DefaultValueFactory = _ => Marginal,
        };
        return option.AcceptOnlyFromAmong(Marginal, Pac);
    }

    public static Option<double?> Confidence() => new("--confidence")
    {
        Description = $"Confidence of --calibration {Pac}, in (0, 1); {CalibrationPromise.UsualConfidence} where none is given.",
        HelpName = "SHARE",
    };

    /// <summary>The confidence that was asked for; null for the marginal promise.</summary>
    /// <exception cref="CliException">A confidence without pac, or outside (0, 1).</exception>
    public static double? Parse(ParseResult parsed, Option<string> mode, Option<double?> confidence)
    {
        var given = parsed.GetValue(confidence);
        if (given is not null and not (> 0 and < 1))
            throw new CliException($"{confidence.Name} is {given}; it lies above 0 and below 1.", ExitCode.WrongUsage);
        if (parsed.GetRequiredValue(mode) == Pac) return given ?? CalibrationPromise.UsualConfidence;
        return given is null ? null
            : throw new CliException($"{confidence.Name} belongs to {mode.Name} {Pac}; a marginal promise has none.", ExitCode.WrongUsage);
    }

    /// <summary>The name of what is promised.</summary>
    public static string NameOf(CalibrationPromise promise) => promise.Confidence is null ? Marginal : Pac;
}
