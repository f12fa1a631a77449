namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>BEiT, ViT, MAE and DINOv2 of the original programs, timm and transformers.</summary>
/// <param name="name">Family and program, for people.</param>
/// <param name="names">Its names.</param>
/// <param name="absolute">How absolute positions are resized.</param>
/// <param name="relative">How relative position tables are resized.</param>
internal sealed class VitFamily(string name, KeyMap names, AbsoluteResize absolute, RelativeResize relative)
    : CheckpointFamily
{
    private static readonly Version ExactSizes = new(4, 45);

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override KeyMap Names => names;

    /// <summary>Tells the program by the names of tensors and the configuration.</summary>
    public static new VitFamily Detect(IReadOnlyCollection<string> names, CheckpointSettings settings)
    {
        if (names.Any(n => n.Contains("embeddings.patch_embeddings", StringComparison.Ordinal)))
            return OfTransformers(names, settings);
        var timm = settings.Architecture is not null;
        var registers = Any("reg_token") || Any("register_tokens");
        var absolute = timm || registers ? AbsoluteResize.BicubicAntialiased : AbsoluteResize.Bicubic;
        var program = timm ? "timm" : "original";
        if (Any("blocks.0.attn.q_bias") || Any("blocks.0.gamma_1"))
            return new($"beit ({program})", NativeNames.Map, absolute,
                timm ? RelativeResize.GeometricLinear : RelativeResize.GeometricCubic);
        if (Any("blocks.0.ls1.gamma"))
            return new($"dinov2 ({program})", NativeNames.Map,
                timm || registers ? absolute : AbsoluteResize.BicubicScaleOffset, RelativeResize.GeometricCubic);
        return new($"{(Any("decoder_embed.weight") ? "mae" : "vit")} ({program})", NativeNames.Map, absolute,
            RelativeResize.GeometricCubic);

        bool Any(string name) => names.Any(n => n == name || n.EndsWith("." + name, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    protected override bool Owns(string name) => false;

    /// <inheritdoc/>
    protected override bool Claims(string architecture) => false;

    /// <inheritdoc/>
    protected override EncoderPlan? Infer(
        NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices) =>
        CheckpointShape.Infer(tensors, settings, choices) is { } trained
            ? new VitPlan(trained, choices, absolute, relative) : null;

    private static VitFamily OfTransformers(IReadOnlyCollection<string> names, CheckpointSettings settings)
    {
        var type = settings.ModelType ?? (Has("lambda_1") ? "beit" : Has("layer_scale1.lambda1") ? "dinov2" : "vit");
        var absolute = Has("register_tokens") ? AbsoluteResize.BicubicAntialiased
            : settings.Transformers >= ExactSizes ? AbsoluteResize.Bicubic : AbsoluteResize.BicubicScaleOffset;
        return new($"{type} (transformers)", TransformersNames.Map, absolute, RelativeResize.Bilinear);

        bool Has(string part) => names.Any(n => n.EndsWith(part, StringComparison.Ordinal));
    }
}
