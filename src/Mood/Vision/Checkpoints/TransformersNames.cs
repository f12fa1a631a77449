namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Names of Hugging Face transformers: BEiT, ViT, ViT-MAE, DINOv2 with and without registers.</summary>
internal static class TransformersNames
{
    public static KeyMap Map { get; } = new(["beit.", "vit.", "dinov2.", "dinov2_with_registers."],
    [
        ("embeddings.cls_token", "cls_token"), ("embeddings.mask_token", "mask_token"),
        ("embeddings.register_tokens", "reg_token"), ("embeddings.position_embeddings", "pos_embed"),
        ("embeddings.patch_embeddings.projection", "patch_embed.proj"),
        ("encoder.relative_position_bias", "rel_pos_bias"),
        .. Block("encoder.layer.*", "blocks.*"),
        ("layernorm", "norm"), ("pooler.layernorm", "fc_norm"), ("pooler.dense", "pooler.dense"),
        ("classifier", "head"), ("lm_head", "lm_head"),
        ("decoder.mask_token", "mask_token"), ("decoder.decoder_pos_embed", "decoder_pos_embed"),
        ("decoder.decoder_embed", "decoder_embed"), ("decoder.decoder_norm", "decoder_norm"),
        ("decoder.decoder_pred", "decoder_pred"), .. Block("decoder.decoder_layers.*", "decoder_blocks.*"),
    ]);

    private static IEnumerable<(string Theirs, string Ours)> Block(string theirs, string ours) =>
    [
        (theirs + ".layernorm_before", ours + ".norm1"), (theirs + ".layernorm_after", ours + ".norm2"),
        (theirs + ".norm1", ours + ".norm1"), (theirs + ".norm2", ours + ".norm2"),
        (theirs + ".attention.attention.relative_position_bias", ours + ".rel_pos_bias"),
        (theirs + ".attention.attention", ours + ".attn"), (theirs + ".attention.output.dense", ours + ".attn.proj"),
        (theirs + ".intermediate.dense", ours + ".mlp.fc1"), (theirs + ".output.dense", ours + ".mlp.fc2"),
        (theirs + ".mlp.weights_in", ours + ".mlp.fc1"), (theirs + ".mlp.weights_out", ours + ".mlp.fc2"),
        (theirs + ".mlp.fc1", ours + ".mlp.fc1"), (theirs + ".mlp.fc2", ours + ".mlp.fc2"),
        (theirs + ".lambda_1", ours + ".gamma_1"), (theirs + ".lambda_2", ours + ".gamma_2"),
        (theirs + ".layer_scale1.lambda1", ours + ".gamma_1"), (theirs + ".layer_scale2.lambda1", ours + ".gamma_2"),
    ];
}
