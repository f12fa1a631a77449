using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Precision;

namespace MoodStream.Cli.Features;

/// <summary>The backbone of a verb: the one asked for, or the one that ships with the product.</summary>
internal static class BackboneFile
{
    /// <summary>The backbone that ships with the product.</summary>
    public const string DefaultName = "mae-vit-d192-l4-tin32.safetensors";

    private const string Fp32 = "fp32";
    private const string Bf16 = "bf16";
    private const string Auto = "auto";

    /// <summary>Where the shipped backbones lie: beside the program.</summary>
    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "backbones", DefaultName);

    /// <summary>The option of every verb that needs a backbone.</summary>
    public static Option<FileInfo?> Option() => new("--backbone")
    {
        Description = $"Backbone: a .safetensors file, or a folder with config.json; default: the shipped one, {DefaultName}.", HelpName = "FILE",
    };

    /// <summary>The option of every verb that lets the input's size be chosen.</summary>
    public static Option<int?> InputSize(string otherwise) => new("--input-size")
    {
        Description = $"Side of the backbone's input, in pixels: more show smaller things and cost more time. Default: {otherwise}.", HelpName = "PIXELS",
    };

    /// <summary>The option of every verb that lets the type of the forward pass be chosen.</summary>
    public static Option<string> Precision()
    {
        var option = new Option<string>("--precision")
        {
            Description = "Type of the forward pass: fp32; bf16, Vision Transformers only; auto: bf16 where the processor has it.",
            DefaultValueFactory = _ => Fp32,
        };
        return option.AcceptOnlyFromAmong(Fp32, Bf16, Auto);
    }

    /// <summary>The type that an option of <see cref="Precision"/> names.</summary>
    public static ForwardPrecision PrecisionOf(ParseResult parsed, Option<string> option) =>
        Enum.Parse<ForwardPrecision>(parsed.GetRequiredValue(option), ignoreCase: true);

    /// <summary>The type that a backbone runs in, as the option names it.</summary>
    public static string NameOf(ForwardPrecision precision) => precision == ForwardPrecision.Fp32 ? Fp32 : Bf16;

    /// <summary>The option of every verb that lets JPEGs be shrunk while they are decoded.</summary>
    public static Option<bool> ShrinkOnLoad() => new("--shrink-on-load")
    {
        Description = "Shrink JPEGs that are at least twice as large as the input needs while they are decoded: faster, slightly other "
            + "scores. Statistics and scorer have to agree on it.",
    };

    /// <summary>Full path of the backbone asked for.</summary>
    /// <exception cref="CliException">There is no such file.</exception>
    public static string PathOf(FileInfo? asked)
    {
        var path = asked?.FullName ?? DefaultPath;
        return Path.Exists(path) ? path : throw new CliException($"{path}: there is no such backbone file.");
    }

    /// <summary>Loads the backbone asked for. The caller disposes it.</summary>
    public static Backbone Load(
        FileInfo? asked, int? inputSize, ForwardPrecision precision = ForwardPrecision.Fp32, bool shrinkOnLoad = false) =>
        Backbone.Load(PathOf(asked), inputSize: inputSize, precision: precision, shrinkOnLoad: shrinkOnLoad);
}
