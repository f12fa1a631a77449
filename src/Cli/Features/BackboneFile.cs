using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Features;

/// <summary>The backbone of a verb: the one asked for, or the one that ships with the product.</summary>
internal static class BackboneFile
{
    /// <summary>The backbone that ships with the product.</summary>
    public const string DefaultName = "mae-vit-d192-l4-tin32.safetensors";

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

    /// <summary>Full path of the backbone asked for.</summary>
    /// <exception cref="CliException">There is no such file.</exception>
    public static string PathOf(FileInfo? asked)
    {
        var path = asked?.FullName ?? DefaultPath;
        return Path.Exists(path) ? path : throw new CliException($"{path}: there is no such backbone file.");
    }

    /// <summary>Loads the backbone asked for. The caller disposes it.</summary>
    public static Backbone Load(FileInfo? asked, int? inputSize) => Backbone.Load(PathOf(asked), inputSize: inputSize);
}
