using MoodStream.Mood.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision;

/// <summary>Golden values: facebookresearch/mae efb2a80 and timm 0.9.16, random weights; tolerances as stated in the kit.</summary>
public sealed class VisionTransformerTests
{
    private static readonly VitConfig Small = new() { ImageSize = 16, PatchSize = 4, Width = 24, Depth = 2, Heads = 3 };
    private static readonly VitConfig Mae = new()
    {
        ImageSize = 32, PatchSize = 8, Width = 40, Depth = 3, Heads = 5, Positions = PositionEmbedding.SineCosine, Pooling = Pooling.ClassToken,
    };

    [Fact]
    public void Forward_MaeClassToken_EqualsTheReference()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("mae_pretrain");
        using var encoder = new VisionTransformer(Mae);
        golden.Fill(encoder);
        encoder.eval();

        var embedded = encoder.Embed(golden.Input("features_cls", "pixel_values"));

        Golden.Close(golden.Output("features_cls", "embeddings"), embedded, 2e-5);
        Golden.Close(golden.Output("features_cls", "tokens_last_block"), encoder.Encode(embedded), 1e-4);
        Golden.Close(golden.Output("features_cls", "pooled"), encoder.Pool(encoder.Encode(embedded)), 2e-5);
    }

    [Fact]
    public void Forward_MaeMeanOfPatches_EqualsTheReference()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("mae_pretrain");
        using var encoder = new VisionTransformer(Mae with { Pooling = Pooling.NormedMeanOfPatches });
        golden.Fill(encoder, absent: ["fc_norm.weight", "fc_norm.bias"]);
        encoder.eval();
        Golden.Close(golden.Output("features_mean", "pooled"), encoder.forward(golden.Input("features_mean", "pixel_values")), 2e-5);
    }

    [Fact]
    public void Forward_TimmVit_EqualsTheReference()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("timm_vit_cls");
        using var encoder = new VisionTransformer(new VitConfig { ImageSize = 32, PatchSize = 8, Width = 48, Depth = 3, Heads = 4, Pooling = Pooling.ClassToken });
        golden.Fill(encoder);
        encoder.eval();
        Golden.Close(golden.Output("native", "pooled"), encoder.forward(golden.Input("native", "pixel_values")), 2e-5);
    }

    [Fact]
    public void Positions_SineCosine_EqualTheReference()
    {
        using var scope = NewDisposeScope();
        using var file = MoodStream.Mood.Weights.SafetensorsFile.Open(TestKit.SharedFiles.Require("golden", "resize", "sincos_pos_embed.safetensors"));
        foreach (var (name, width, grid) in new[] { ("dim16_grid3", 16, 3), ("dim48_grid5", 48, 5), ("dim24_grid14", 24, 14) })
            Golden.Close(file.Load(name).unsqueeze(0).@float(), SineCosinePositions.Create(width, GridSize.Square(grid), classToken: true), 1e-6);
    }

    [Fact]
    public void Positions_SpreadOverAFinerGrid_AverageToThePlacesBetween()
    {
        using var scope = NewDisposeScope();
        var fine = SineCosinePositions.Create(8, GridSize.Square(4), classToken: false, trainedGrid: 2)[0];          // places -0.25, 0.25, 0.75, 1.25
        Assert.Equal(Math.Sin(0.25), fine[1][0].item<float>(), 6);
        Assert.Equal(Math.Cos(1.25), fine[4 * 3][4 + 2].item<float>(), 6);                          // last row, first column
        Assert.True(SineCosinePositions.Create(8, GridSize.Square(4), true, trainedGrid: 4).Equals(SineCosinePositions.Create(8, GridSize.Square(4), true)));
    }

    [Fact]
    public void RelativePositionIndex_EqualsTheReference()
    {
        using var scope = NewDisposeScope();
        using var file = MoodStream.Mood.Weights.SafetensorsFile.Open(TestKit.SharedFiles.Require("golden", "resize", "rel_pos_index.safetensors"));
        Assert.Equal(file.Load("window_4x4").to(ScalarType.Int64).data<long>().ToArray(), RelativePositions.Index(GridSize.Square(4), classToken: true));
    }

    [Fact]
    public void RelativePositionIndex_Of14By14_HasThePublishedRows()
    {
        var index = RelativePositions.Index(GridSize.Square(14), classToken: true);
        Assert.Equal(731, index.Max());                                     // 732 rows
        Assert.Equal(364, index[197 + 1]);                                  // a patch and itself: 13·27 + 13
        Assert.Equal((731L, 729L, 730L), (index[0], index[1], index[197]));
    }

    [Fact]
    public void Forward_RelativeBiasOfZeros_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        foreach (var kind in new[] { RelativePositionBias.Shared, RelativePositionBias.PerBlock })
        {
            random.manual_seed(3);
            using var plain = new VisionTransformer(Small with { Positions = PositionEmbedding.SineCosine });
            using var biased = new VisionTransformer(Small with { Positions = PositionEmbedding.SineCosine, RelativePositions = kind, LayerScale = 1 });
            Copy(plain, biased);
            plain.eval();
            biased.eval();
            var images = randn(2, 3, 16, 16);
            Golden.Close(plain.forward(images), biased.forward(images), 1e-6);
        }
    }

    [Fact]
    public void Forward_DropPathInEvaluation_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        using var plain = new VisionTransformer(Small);
        using var dropping = new VisionTransformer(Small with { DropPath = 0.5 });
        Copy(plain, dropping);
        plain.eval();
        dropping.eval();
        var images = randn(2, 3, 16, 16);
        Golden.Close(plain.forward(images), dropping.forward(images), 0);
    }

    [Fact]
    public void Forward_OneImageAlone_EqualsItsRowInABatch()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var encoder = new VisionTransformer(Small);
        encoder.InitialiseAsMae();
        encoder.eval();
        var images = randn(5, 3, 16, 16);
        Golden.Close(encoder.forward(images)[3], encoder.forward(images.slice(0, 3, 4, 1))[0], 1e-5);
    }

    [Fact]
    public void Forward_AnyImages_LeavesNoTensorBehind()
    {
        using var encoder = new VisionTransformer(Small);
        encoder.eval();
        using var images = zeros(2, 3, 16, 16);
        encoder.forward(images).Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 3; i++) encoder.forward(images).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Forward_AnotherSize_SaysWhatItTakes()
    {
        using var encoder = new VisionTransformer(Small);
        using var images = zeros(1, 3, 20, 20);
        Assert.Contains("[B, 3, 16, 16]", Assert.Throws<ArgumentException>(() => encoder.forward(images)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_EveryMemberWrong_AreListedAtOnce()
    {
        var problems = new VitConfig { ImageSize = 30, PatchSize = 4, Width = 10, Depth = 0, Heads = 3, ClassToken = false, Pooling = Pooling.ClassToken, DropPath = 1 }.Problems();
        Assert.Equal(5, problems.Count);
    }

    [Fact]
    public void Json_RoundTrip_GivesTheSameConfiguration()
    {
        var config = Small with { LayerScale = 0.1, RelativePositions = RelativePositionBias.Shared, Pooling = Pooling.MeanOfNormedPatches };
        Assert.Equal(config, VitConfig.FromJson(config.ToJson()));
        Assert.Throws<FormatException>(() => VitConfig.FromJson("""{"imageSize":32}"""));
        Assert.Throws<FormatException>(() => VitConfig.FromJson(config.ToJson().Replace("\"depth\":2", "\"depth\":-2", StringComparison.Ordinal)));
    }

    private static void Copy(VisionTransformer from, VisionTransformer to)
    {
        using var gradients = no_grad();
        var target = to.state_dict();
        foreach (var (name, tensor) in from.state_dict()) target[name].copy_(tensor);
    }
}
