namespace MoodStream.MoodTests.Vision.Comparators;

/// <summary>What timm writes into config.json beside the checkpoints of <see cref="TimmShapes"/>.</summary>
internal static class TimmConfigs
{
    public static string ResNetV2 => """
        {"architecture":"resnetv2_50x1_bit","num_classes":5,"num_features":256,"global_pool":"avg",
         "model_args":{"layers":[2,1],"channels":[128,256],"stem_chs":32},
         "pretrained_cfg":{"input_size":[3,32,32],"interpolation":"bilinear","crop_pct":0.875,
         "mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5]}}
        """;

    public static string Mixer => """
        {"architecture":"mixer_b16_224","num_classes":5,"num_features":16,"global_pool":"avg",
         "model_args":{"img_size":[32,24],"patch_size":8,"num_blocks":2,"embed_dim":16},
         "pretrained_cfg":{"input_size":[3,32,24],"interpolation":"bicubic","crop_pct":0.875}}
        """;

    public static string Hybrid => """
        {"architecture":"vit_base_r50_s16_224","num_classes":5,"num_features":24,"global_pool":"token",
         "model_args":{"layers":[1,1],"embed_dim":24,"depth":2,"num_heads":3},
         "pretrained_cfg":{"input_size":[3,32,32],"interpolation":"bicubic","crop_pct":0.9}}
        """;

    public static string HybridOfStem => """
        {"architecture":"vit_tiny_r_s16_p8_224","num_classes":5,"num_features":24,"global_pool":"token",
         "model_args":{"patch_size":2,"embed_dim":24,"depth":2,"num_heads":3},"pretrained_cfg":{"input_size":[3,32,32]}}
        """;

    public static string HybridWithMean => """
        {"architecture":"vit_base_r50_s16_224","num_classes":5,"num_features":24,"global_pool":"avg",
         "model_args":{"layers":[1,1],"patch_size":2,"embed_dim":24,"depth":2,"num_heads":3},
         "pretrained_cfg":{"input_size":[3,48,32]}}
        """;

    /// <summary>The same configuration for another size of input.</summary>
    public static string At(string config, int height, int width) =>
        config.Replace("\"input_size\":[3,32,32]", $"\"input_size\":[3,{height},{width}]", StringComparison.Ordinal);
}
