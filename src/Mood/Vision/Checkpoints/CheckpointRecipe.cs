using System.Text.Json;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Preprocessing by a checkpoint's own configuration.</summary>
internal static class CheckpointRecipe
{
    private const string Transformers = "preprocessor_config.json";
    private const string Timm = "config.json";

    /// <summary>Share of the resized image that timm crops where its configuration says nothing.</summary>
    private const double UsualShare = 0.875;

    /// <param name="source">The checkpoint.</param>
    /// <param name="input">Size of the encoder's input; pixels.</param>
    /// <param name="problems">Takes what this program cannot do.</param>
    /// <returns>The recipe; a plain one where there are problems.</returns>
    public static PreprocessingRecipe Read(TensorSource source, GridSize input, ICollection<string> problems)
    {
        var file = Transformers;
        try
        {
            if (source.ReadJson(Transformers) is { } processor) return Valid(TransformersRecipe.Read(processor, input));
            file = Timm;
            return source.ReadJson(Timm) is { } config
                && CheckpointSettings.Member(config, "pretrained_cfg") is { } timm
                ? Valid(OfTimm(timm, input))
                : Plain(input);
        }
        catch (BackboneException e)
        {
            problems.Add(e.Message);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)      // text that is no Unicode
        {
            problems.Add($"{file}: {e.Message}");
        }
        return Plain(input);
    }

    /// <summary>Resizes to the input, whatever the image's proportions.</summary>
    internal static PreprocessingRecipe Plain(GridSize input) =>
        new() { Resize = new ResizeRule.Exact(input.Width, input.Height) };

    /// <summary>Three values, one for each channel.</summary>
    internal static ChannelValues? Channels(JsonElement root, string name)
    {
        if (CheckpointSettings.Member(root, name) is not { } values) return null;
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() != RgbImage.Channels
            || values.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.Number))
            throw new FormatException($"{name} holds something other than three numbers.");
        return new((float)values[0].GetDouble(), (float)values[1].GetDouble(), (float)values[2].GetDouble());
    }

    private static PreprocessingRecipe Valid(PreprocessingRecipe recipe)
    {
        recipe.Validate();
        return recipe;
    }

    private static PreprocessingRecipe OfTimm(JsonElement timm, GridSize input)
    {
        var share = CheckpointSettings.Number(timm, "crop_pct") ?? UsualShare;
        if (share is not (> 0 and <= 1)) throw new FormatException($"crop_pct is {share}; it lies in (0, 1].");
        var recipe = Plain(input) with
        {
            Filter = Filter(CheckpointSettings.Text(timm, "interpolation") ?? "bicubic"),
            Mean = Channels(timm, "mean") ?? ChannelValues.ImageNetMean, Std = Channels(timm, "std") ?? ChannelValues.ImageNetStd,
        };
        var squash = CheckpointSettings.Text(timm, "crop_mode") is "squash" || input.Height != input.Width;
        return squash ? recipe
            : recipe with { Resize = new ResizeRule.ShorterSide((int)Math.Floor(input.Height / share)), Crop = input.Height };
    }

    private static ResampleFilter Filter(string name) => name switch
    {
        "bilinear" => ResampleFilter.Bilinear, "bicubic" => ResampleFilter.Bicubic, "lanczos" => ResampleFilter.Lanczos,
        _ => throw new FormatException($"the interpolation '{name}' is not supported."),
    };
}
