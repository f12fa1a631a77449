using System.Text.Json;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Preprocessing by transformers' <c>preprocessor_config.json</c>.</summary>
/// <remarks>
/// Source: transformers, the image processors of BEiT, ViT and DINOv2 (BitImageProcessor). Their steps are resize,
/// centre crop,
/// rescale, normalise, each with a flag. Where the input has another size than the configuration's, resize and crop
/// follow
/// it in proportion.
/// </remarks>
internal static class TransformersRecipe
{
    /// <summary>Largest side an image is resized to; pixels.</summary>
    private const int Largest = 16_384;

    /// <param name="processor">The configuration.</param>
    /// <param name="input">Size of the encoder's input; pixels.</param>
    /// <exception cref="FormatException">A value is of the wrong kind, or says something this program cannot
    /// do.</exception>
    public static PreprocessingRecipe Read(JsonElement processor, GridSize input)
    {
        var recipe = Placed(CheckpointRecipe.Plain(input), processor, input);
        var (mean, std) = Normalisation(processor);
        return recipe with
        {
            Filter = CheckpointSettings.Number(processor, "resample") switch
            {
                null or 2 => ResampleFilter.Bilinear, 3 => ResampleFilter.Bicubic, 1 => ResampleFilter.Lanczos,
                { } other => throw new FormatException($"resample {other} is not supported."),
            },
            CropRounding = CropRounding.Floor, Mean = mean, Std = std,
        };
    }

    private static PreprocessingRecipe Placed(PreprocessingRecipe plain, JsonElement processor, GridSize input)
    {
        if (CheckpointSettings.Flag(processor, "do_resize") == false)
            throw new FormatException("do_resize is false; only images that are resized become one input.");
        var size = CheckpointSettings.Member(processor, "size") ?? default;
        var shorter = CheckpointSettings.Whole(size, "shortest_edge");
        // Processors that resize the shortest edge crop by default, the others do not.
        var crops = CheckpointSettings.Flag(processor, "do_center_crop") ?? shorter is not null;
        if (shorter is not null && !crops)
            throw new FormatException(
                "size gives the shortest edge and do_center_crop is false; the input has no fixed size.");
        if (!crops || input.Height != input.Width) return plain;
        if ((shorter ?? Side(processor, "size")) is not { } edge) return plain;
        var resized = (long)edge * input.Height / (Side(processor, "crop_size") ?? edge);
        if (resized < input.Height || resized > Largest)
            throw new FormatException(
                $"size and crop_size ask for {resized} pixels; that lies in {input.Height}..{Largest}.");
        return plain with
        {
            Resize = shorter is null ? new ResizeRule.Exact((int)resized, (int)resized)
                : new ResizeRule.ShorterSide((int)resized),
            Crop = input.Height,
        };
    }

    /// <summary>Side of a square given as a number or as height and width; null where nothing is said.</summary>
    private static int? Side(JsonElement processor, string name)
    {
        if (CheckpointSettings.Member(processor, name) is not { ValueKind: JsonValueKind.Object } sides)
            return CheckpointSettings.Whole(processor, name);
        var (height, width) = (CheckpointSettings.Whole(sides, "height"), CheckpointSettings.Whole(sides, "width"));
        return height == width ? height
            : throw new FormatException($"{name} is {height}x{width}; only squares are cropped.");
    }

    /// <summary>Mean and deviation for values divided by 255, whatever the configuration rescales by.</summary>
    private static (ChannelValues Mean, ChannelValues Std) Normalisation(JsonElement processor)
    {
        var factor = CheckpointSettings.Flag(processor, "do_rescale") == false ? 1
            : CheckpointSettings.Number(processor, "rescale_factor") ?? 1.0 / byte.MaxValue;
        if (factor is not (> 0 and <= byte.MaxValue))
            throw new FormatException($"rescale_factor is {factor}; it lies in (0, 255].");
        var normalises = CheckpointSettings.Flag(processor, "do_normalize") != false;
        var mean = normalises ? CheckpointRecipe.Channels(processor, "image_mean") ?? ChannelValues.All(0.5f)
            : ChannelValues.All(0);
        var std = normalises ? CheckpointRecipe.Channels(processor, "image_std") ?? ChannelValues.All(0.5f)
            : ChannelValues.All(1);
        var scale = (float)(factor * byte.MaxValue);
        // (v·f − m) / s = (v/255 − m/k) / (s/k) with k = 255·f.
        return scale == 1 ? (mean, std) : (Divided(mean, scale), Divided(std, scale));
    }

    private static ChannelValues Divided(ChannelValues values, float by) =>
        new(values[0] / by, values[1] / by, values[2] / by);
}
