namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Which program wrote a checkpoint, and how that program follows another input size.</summary>
/// <param name="Name">For people: family and program.</param>
/// <param name="Names">Its names.</param>
/// <param name="Absolute">How absolute positions are resized.</param>
/// <param name="Relative">How relative position tables are resized.</param>
internal sealed record CheckpointFamily(string Name, KeyMap Names, AbsoluteResize Absolute, RelativeResize Relative)
{
    private static readonly Version ExactSizes = new(4, 45);

    /// <summary>Tells the family by the names of tensors and the configuration.</summary>
    public static CheckpointFamily Detect(IReadOnlyCollection<string> names, CheckpointSettings settings)
    {
        if (names.Any(n => n.Contains("embeddings.patch_embeddings", StringComparison.Ordinal)))
            return OfTransformers(names, settings);
        var timm = settings.Architecture is not null;
        var absolute = timm || Any("reg_token") || Any("register_tokens") ? AbsoluteResize.BicubicAntialiased : AbsoluteResize.Bicubic;
        var program = timm ? "timm" : "original";
        if (Any("blocks.0.attn.q_bias") || Any("blocks.0.gamma_1"))
            return new($"beit ({program})", NativeNames.Map, absolute, timm ? RelativeResize.GeometricLinear : RelativeResize.GeometricCubic);
        if (Any("blocks.0.ls1.gamma"))
        {
            var original = !timm && !Any("reg_token") && !Any("register_tokens");
            return new($"dinov2 ({program})", NativeNames.Map, original ? AbsoluteResize.BicubicScaleOffset : absolute, RelativeResize.GeometricCubic);
        }
        return new($"{(Any("decoder_embed.weight") ? "mae" : "vit")} ({program})", NativeNames.Map, absolute, RelativeResize.GeometricCubic);

        bool Any(string name) => names.Any(n => n == name || n.EndsWith("." + name, StringComparison.Ordinal));
    }

    private static CheckpointFamily OfTransformers(IReadOnlyCollection<string> names, CheckpointSettings settings)
    {
        var type = settings.ModelType ?? (Has("lambda_1") ? "beit" : Has("layer_scale1.lambda1") ? "dinov2" : "vit");
        var absolute = Has("register_tokens") ? AbsoluteResize.BicubicAntialiased
            : settings.Transformers >= ExactSizes ? AbsoluteResize.Bicubic : AbsoluteResize.BicubicScaleOffset;
        return new($"{type} (transformers)", TransformersNames.Map, absolute, RelativeResize.Bilinear);

        bool Has(string part) => names.Any(n => n.EndsWith(part, StringComparison.Ordinal));
    }
}
