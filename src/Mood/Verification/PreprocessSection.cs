using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Verification;

/// <summary>Decoded pictures and the results of published pipelines, which a pipeline's name describes.</summary>
public sealed partial class PreprocessSection : IGoldenSection
{
    private const double SampleTolerance = 1e-6;
    private const string Upright = "_upright";

    /// <inheritdoc/>
    public string Name => "preprocess";

    /// <inheritdoc/>
    public IEnumerable<GoldenRow> Verify(string folder)
    {
        JsonElement[] sources;
        JsonElement expected;
        try
        {
            sources = [.. GoldenFiles.ReadJson(Path.Combine(folder, "images.json")).GetProperty("images").EnumerateArray()];
            expected = GoldenFiles.ReadJson(Path.Combine(folder, "expected.json")).GetProperty("images");
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            return [GoldenFiles.Problem(Name, "images", "json", e.Message)];
        }
        var decoded = sources.Select(s => Row(Text(s, "file"), "decoded", () => Differs(
            Decode(folder, Text(s, "file"), upright: false), Text(s, "decoded_rgb_sha256"))));
        return decoded.Concat(expected.EnumerateObject().SelectMany(i => Pipelines(folder, sources, i)));
    }

    private IEnumerable<GoldenRow> Pipelines(string folder, JsonElement[] sources, JsonProperty image)
    {
        var upright = image.Name.EndsWith(Upright, StringComparison.Ordinal);
        var stem = upright ? image.Name[..^Upright.Length] : image.Name;
        var file = sources.Select(s => Text(s, "file"))
            .FirstOrDefault(f => Path.GetFileName(f).Replace('.', '_') == stem);
        if (file is null) return [GoldenFiles.Problem(Name, image.Name, "source", "images.json has no such picture")];
        return image.Value.EnumerateObject().SelectMany(p => new[]
        {
            Row(image.Name, $"{p.Name} pixels", () => Differs(
                RecipeOf(p.Name, upright).ApplyPixels(Decode(folder, file, upright)), Text(p.Value, "rgb_sha256"))),
            Row(image.Name, $"{p.Name} samples", () => Samples(
                RecipeOf(p.Name, upright), Decode(folder, file, upright), p.Value.GetProperty("tensor")), SampleTolerance),
        });
    }

    private GoldenRow Row(string name, string output, Func<double> compute, double tolerance = 0)
    {
        try
        {
            return new(Name, name, output, compute(), tolerance);
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            return GoldenFiles.Problem(Name, name, output, e.Message);
        }
    }

    private static double Differs(RgbImage image, string sha256) =>
        Convert.ToHexStringLower(SHA256.HashData(image.Pixels)) == sha256 ? 0 : 1;

    private static double Samples(PreprocessingRecipe recipe, RgbImage image, JsonElement tensor)
    {
        var values = new float[3 * recipe.OutputHeight * recipe.OutputWidth];
        recipe.Apply(image, values);
        return tensor.GetProperty("samples_c_y_x_value").EnumerateArray().Max(s => Math.Abs(s[3].GetDouble() - values[
            (s[0].GetInt32() * recipe.OutputHeight + s[1].GetInt32()) * recipe.OutputWidth + s[2].GetInt32()]));
    }

    private static RgbImage Decode(string folder, string file, bool upright)
    {
        var settings = new DecodeSettings { ApplyOrientation = upright, AlphaGround = AlphaGround.Dropped };
        var decoded = ImageDecoder.Decode(File.ReadAllBytes(Path.Combine(folder, file)), settings);
        return decoded.Image ?? throw new FormatException($"{file} cannot be decoded: {decoded.Fault} {decoded.Detail}");
    }

    private static PreprocessingRecipe RecipeOf(string name, bool upright)
    {
        var match = Pattern().Match(name);
        if (!match.Success) throw new FormatException($"'{name}' is no pipeline that this build knows");
        var side = int.Parse(match.Groups["side"].Value, CultureInfo.InvariantCulture);
        var (mean, std) = Normalisation(name);
        return new PreprocessingRecipe
        {
            Resize = Resize(match, side), Crop = match.Groups["direct"].Success ? null : side,
            Filter = Enum.Parse<ResampleFilter>(match.Groups["filter"].Value, ignoreCase: true), Mean = mean, Std = std,
            CropRounding = name.StartsWith("hf_", StringComparison.Ordinal) ? CropRounding.Floor : CropRounding.HalfToEven,
            ApplyOrientation = upright, AlphaGround = AlphaGround.Dropped,
        };
    }

    private static ResizeRule Resize(Match match, int side)
    {
        if (match.Groups["direct"].Success) return new ResizeRule.Exact(side, side);
        return new ResizeRule.ShorterSide(match.Groups["share"] is { Success: true } share
            ? (int)Math.Floor(side / double.Parse(share.Value, CultureInfo.InvariantCulture))
            : int.Parse(match.Groups["shorter"].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Mean and deviation by the program in front of the name; the tokenizer's map is 0.8 x + 0.1.</summary>
    private static (ChannelValues Mean, ChannelValues Std) Normalisation(string name)
    {
        if (name.StartsWith("beit_lanczos", StringComparison.Ordinal)) return (ChannelValues.All(-0.125f), ChannelValues.All(1.25f));
        return name.StartsWith("mae_", StringComparison.Ordinal) || name.Contains("vitmae", StringComparison.Ordinal)
            || name.Contains("dinov2", StringComparison.Ordinal)
            ? (ChannelValues.ImageNetMean, ChannelValues.ImageNetStd)
            : (ChannelValues.All(0.5f), ChannelValues.All(0.5f));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    [GeneratedRegex("""
        ^\w+?_(?:(?:resize)?(?<shorter>\d+)_(?<filter>bilinear|bicubic|lanczos)_crop(?<side>\d+)
        |(?<direct>direct)(?<side>\d+)_(?<filter>bilinear|bicubic|lanczos)
        |crop(?<share>[0-9.]+)_(?<filter>bilinear|bicubic|lanczos)(?<side>\d+)
        |(?<direct>)(?<filter>lanczos)(?<side>\d+))$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
