using System.Text.Json;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Preprocessing by a checkpoint's own configuration.</summary>
internal static class CheckpointRecipe
{
    /// <param name="source">The checkpoint.</param>
    /// <param name="input">Size of the encoder's input; pixels.</param>
    /// <param name="problems">Takes what this program cannot do.</param>
    /// <returns>The recipe; a plain one where there are problems.</returns>
    public static PreprocessingRecipe Read(TensorSource source, GridSize input, ICollection<string> problems)
    {
        try
        {
            var recipe = source.ReadJson("preprocessor_config.json") is { } processor ? OfTransformers(processor, input)
                : source.ReadJson("config.json") is { } config && CheckpointSettings.Member(config, "pretrained_cfg") is { } timm
                    ? OfTimm(timm, input)
                    : Plain(input);
            recipe.Validate();
            return recipe;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)      // text that is no Unicode
        {
            problems.Add(e.Message);
            return Plain(input);
        }
    }

    private static PreprocessingRecipe Plain(GridSize input) =>
        new() { Resize = new ResizeRule.Exact(input.Width, input.Height) };

    private static PreprocessingRecipe OfTimm(JsonElement timm, GridSize input)
    {
        var share = CheckpointSettings.Number(timm, "crop_pct") ?? 0.875;
        if (share is not (> 0 and <= 1)) throw new FormatException($"config.json: crop_pct is {share}; it lies in (0, 1].");
        var recipe = Plain(input) with
        {
            Filter = Filter(CheckpointSettings.Text(timm, "interpolation") ?? "bicubic"),
            Mean = Channels(timm, "mean") ?? ChannelValues.ImageNetMean, Std = Channels(timm, "std") ?? ChannelValues.ImageNetStd,
        };
        var squash = CheckpointSettings.Text(timm, "crop_mode") is "squash" || input.Height != input.Width;
        return squash ? recipe
            : recipe with { Resize = new ResizeRule.ShorterSide((int)Math.Floor(input.Height / share)), Crop = input.Height };
    }

    private static PreprocessingRecipe OfTransformers(JsonElement processor, GridSize input)
    {
        var filter = CheckpointSettings.Number(processor, "resample") switch
        {
            null or 2 => ResampleFilter.Bilinear, 3 => ResampleFilter.Bicubic, 1 => ResampleFilter.Lanczos,
            { } other => throw new FormatException($"preprocessor_config.json: resample {other} is not supported."),
        };
        var recipe = Plain(input) with
        {
            Filter = filter, CropRounding = CropRounding.Floor,
            Mean = Channels(processor, "image_mean") ?? ChannelValues.All(0.5f),
            Std = Channels(processor, "image_std") ?? ChannelValues.All(0.5f),
        };
        var size = CheckpointSettings.Member(processor, "size") ?? default;
        var shorter = CheckpointSettings.Whole(size, "shortest_edge");
        var crops = CheckpointSettings.Flag(processor, "do_center_crop") == true;
        if (shorter is not { } edge || input.Height != input.Width) return recipe;
        var crop = CheckpointSettings.Member(processor, "crop_size") is { } cut
            ? CheckpointSettings.Whole(cut, "height") ?? edge : edge;
        return crops
            ? recipe with { Resize = new ResizeRule.ShorterSide((int)((long)edge * input.Height / crop)), Crop = input.Height }
            : recipe;
    }

    private static ResampleFilter Filter(string name) => name switch
    {
        "bilinear" => ResampleFilter.Bilinear, "bicubic" => ResampleFilter.Bicubic, "lanczos" => ResampleFilter.Lanczos,
        _ => throw new FormatException($"config.json: the interpolation '{name}' is not supported."),
    };

    private static ChannelValues? Channels(JsonElement root, string name)
    {
        if (CheckpointSettings.Member(root, name) is not { } values) return null;
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() != RgbImage.Channels
            || values.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.Number))
            throw new FormatException($"{name} holds something other than three numbers.");
        return new((float)values[0].GetDouble(), (float)values[1].GetDouble(), (float)values[2].GetDouble());
    }
}
