namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Names of timm and of the original programs of BEiT, MAE and DINOv2.</summary>
internal static class NativeNames
{
    public static KeyMap Map { get; } = new(["module.", "backbone."],
    [
        ("cls_token", "cls_token"), ("pos_embed", "pos_embed"), ("mask_token", "mask_token"),
        ("reg_token", "reg_token"), ("register_tokens", "reg_token"), ("patch_embed.proj", "patch_embed.proj"),
        ("rel_pos_bias", "rel_pos_bias"),
        ("blocks.*.norm1", "blocks.*.norm1"), ("blocks.*.norm2", "blocks.*.norm2"),
        ("blocks.*.attn.relative_position_bias_table", "blocks.*.rel_pos_bias.relative_position_bias_table"),
        ("blocks.*.attn.relative_position_index", "blocks.*.rel_pos_bias.relative_position_index"),
        ("blocks.*.attn.q_bias", "blocks.*.attn.query.bias"), ("blocks.*.attn.v_bias", "blocks.*.attn.value.bias"),
        ("blocks.*.attn.qkv", "blocks.*.attn.qkv"), ("blocks.*.attn.proj", "blocks.*.attn.proj"),
        ("blocks.*.gamma_1", "blocks.*.gamma_1"), ("blocks.*.gamma_2", "blocks.*.gamma_2"),
        ("blocks.*.ls1.gamma", "blocks.*.gamma_1"), ("blocks.*.ls2.gamma", "blocks.*.gamma_2"),
        ("blocks.*.mlp.fc1", "blocks.*.mlp.fc1"), ("blocks.*.mlp.fc2", "blocks.*.mlp.fc2"),
        ("blocks.*.mlp.w12", "blocks.*.mlp.fc1"), ("blocks.*.mlp.w3", "blocks.*.mlp.fc2"),
        ("norm", "norm"), ("fc_norm", "fc_norm"), ("head", "head"), ("lm_head", "lm_head"),
        ("decoder_pos_embed", "decoder_pos_embed"), ("decoder_embed", "decoder_embed"),
        ("decoder_norm", "decoder_norm"), ("decoder_pred", "decoder_pred"), ("decoder_blocks.*", "decoder_blocks.*"),
    ]);
}
