using System.Text.Json;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>What a checkpoint's configuration says; null where it says nothing.</summary>
/// <remarks>Thread-safety: immutable.</remarks>
internal sealed record CheckpointSettings
{
    public GridSize? Image { get; init; }

    public int? Patch { get; init; }

    public int? Heads { get; init; }

    public int? Width { get; init; }

    public int? Depth { get; init; }

    public int? DecoderHeads { get; init; }

    public double? Epsilon { get; init; }

    public double? MaskRatio { get; init; }

    public Pooling? Pooling { get; init; }

    /// <summary>Whether the configuration asks for the mean of the patches; null where it says nothing.</summary>
    public bool? MeanPooling { get; init; }

    /// <summary>transformers' <c>model_type</c>; null for others.</summary>
    public string? ModelType { get; init; }

    /// <summary>Version of transformers that wrote the configuration.</summary>
    public Version? Transformers { get; init; }

    /// <summary>timm's name of the architecture; null for others.</summary>
    public string? Architecture { get; init; }

    /// <summary>timm's <c>model_args</c>, which override what the architecture's name stands for; undefined where there
    /// are none.</summary>
    public JsonElement Arguments { get; init; }

    /// <summary>timm's <c>global_pool</c>.</summary>
    public string? Pool { get; init; }

    /// <summary>timm's <c>num_features</c>, the length of a feature.</summary>
    public int? Features { get; init; }

    /// <summary>timm's <c>num_classes</c>; 0 for a checkpoint without classifier.</summary>
    public int? Classes { get; init; }

    /// <exception cref="FormatException">A value is of the wrong kind.</exception>
    public static CheckpointSettings Read(JsonElement? config)
    {
        if (config is not { } root) return new();
        return root.TryGetProperty("model_type", out _) ? OfTransformers(root) : OfTimm(root);
    }

    private static CheckpointSettings OfTransformers(JsonElement root)
    {
        if (Text(root, "hidden_act") is { } act && act is not "gelu")
            throw new FormatException($"hidden_act is '{act}'; only gelu (erf) is supported.");
        return new()
        {
            Image = Size(root, "image_size"), Patch = Whole(root, "patch_size"), Heads = Whole(root, "num_attention_heads"),
            Width = Whole(root, "hidden_size"), Depth = Whole(root, "num_hidden_layers"),
            DecoderHeads = Whole(root, "decoder_num_attention_heads"), MaskRatio = Number(root, "mask_ratio"),
            Epsilon = Number(root, "layer_norm_eps"), MeanPooling = Flag(root, "use_mean_pooling"),
            ModelType = Text(root, "model_type"),
            Transformers = Version.TryParse(Text(root, "transformers_version")?.Split(".dev")[0], out var v) ? v : null,
        };
    }

    private static CheckpointSettings OfTimm(JsonElement root)
    {
        var pretrained = Member(root, "pretrained_cfg") ?? default;
        var args = Member(root, "model_args") ?? default;
        var pool = Text(args, "global_pool") ?? Text(root, "global_pool");
        return new()
        {
            Image = Size(args, "img_size") ?? InputSize(pretrained) ?? InputSize(root), Patch = Whole(args, "patch_size"),
            Heads = Whole(args, "num_heads"), Width = Whole(args, "embed_dim"), Depth = Whole(args, "depth"),
            MeanPooling = pool switch
            {
                "avg" => true, "token" => false, _ => null,
            },
            Architecture = Text(root, "architecture") ?? "",
            Arguments = args, Pool = pool, Features = Whole(root, "num_features"),
            Classes = (int?)(Number(args, "num_classes") ?? Number(root, "num_classes")),
        };
    }

    internal static GridSize? InputSize(JsonElement root)
    {
        if (Member(root, "input_size") is not { ValueKind: JsonValueKind.Array } size || size.GetArrayLength() != 3) return null;
        return new(Positive(size[1], "input_size"), Positive(size[2], "input_size"));
    }

    internal static GridSize? Size(JsonElement root, string name) => Member(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } pair when pair.GetArrayLength() == 2 => new(Positive(pair[0], name), Positive(pair[1], name)),
        { } side => GridSize.Square(Positive(side, name)),
    };

    internal static int? Whole(JsonElement root, string name) => Member(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } sides when sides.GetArrayLength() > 0 => Positive(sides[0], name),
        { } value => Positive(value, name),
    };

    internal static IReadOnlyList<int>? Wholes(JsonElement root, string name) => Member(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(value => Positive(value, name))],
        _ => throw new FormatException($"{name} is not a list of whole numbers."),
    };

    internal static double? Number(JsonElement root, string name) => Member(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        _ => throw new FormatException($"{name} is not a number."),
    };

    internal static string? Text(JsonElement root, string name) => Member(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw new FormatException($"{name} is not a text."),
    };

    internal static bool? Flag(JsonElement root, string name) => Member(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new FormatException($"{name} is neither true nor false."),
    };

    internal static JsonElement? Member(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null ? value : null;

    private static int Positive(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var whole) && whole > 0
            ? whole
            : throw new FormatException($"{name} is not a whole number from 1.");
}
