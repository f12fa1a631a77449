using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using MoodStream.TestKit;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision;

/// <summary>Features by a pooling that is not the trained one, against the tokens of reference programs.</summary>
public sealed class FeaturePoolingTests : IDisposable
{
    private const string Vit = "timm_vit_cls";
    private const string Gap = "timm_vit_gap";
    private const string NoClassToken = "timm_vit_gap_no_qkv_bias";
    private const double Tolerance = 1e-4;              // that of the kit for tokens
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    [Theory]
    [InlineData("class-token")]
    [InlineData("mean")]
    [InlineData("class-token+mean")]
    public void Extract_Vit_IsMadeOfTheReferencesNormedTokens(string pooling)
    {
        using var golden = new Golden(Vit);
        var tokens = golden.Output("native", "tokens_final");
        var (front, mean) = (tokens.select(1, 0), tokens.slice(1, 1, tokens.shape[1], 1).mean([1]));
        var expected = pooling switch
        {
            "class-token" => front,
            "mean" => mean,
            _ => cat([front, mean], 1),
        };
        Golden.Close(expected, Features(Vit, pooling, golden), Tolerance);
    }

    [Fact]
    public void Extract_LastTwoBlocks_StandSideBySideUnderTheLastNorm()
    {
        using var golden = new Golden(Vit);
        using var file = SafetensorsFile.Open(SharedFiles.Require("golden", "models", Vit, "model.safetensors"));
        Tensor[] blocks =
        [
            .. new[] { "block_1", "tokens_last_block" }.Select(b => nn.functional.layer_norm(
                golden.Output("native", b).select(1, 0), [48], file.Load("norm.weight"), file.Load("norm.bias"), 1e-6)),
        ];
        Golden.Close(cat(blocks, 1), Features(Vit, "class-token@2", golden), Tolerance);
    }

    [Fact]
    public void Load_NormThatTheFileLacks_IsNeutralAndTold()
    {
        using var golden = new Golden(Gap);                 // has fc_norm and a classifier, no norm
        using var backbone = Load(Gap, "class-token");
        Assert.Contains("norm.weight = 1", backbone.StoodIn);
        Assert.Contains("fc_norm.weight", backbone.WaivedTensors.Keys);
        Assert.Null(backbone.Classifier);
        var token = golden.Output("native", "tokens_last_block").select(1, 0);
        Golden.Close(nn.functional.layer_norm(token, [32], eps: 1e-6), Extract(backbone, golden), Tolerance);
    }

    [Fact]
    public void Load_PoolingAsTrained_ChangesNothing()
    {
        using var trained = Backbone.Load(SharedFiles.Require("golden", "models", Gap));
        using var chosen = Load(Gap, trained.Pooling.ToString()!);
        using var other = Load(Gap, "mean");
        Assert.Equal("fc-norm", trained.Pooling.ToString());
        Assert.Equal(trained.ModelHash, chosen.ModelHash);
        Assert.NotNull(chosen.Classifier);
        Assert.NotEqual(trained.ModelHash, other.ModelHash);                // kept features and statistics do not mix
    }

    [Fact]
    public void RefusalOf_WhatAnEncoderDoesNotHave_SaysWhat()
    {
        using var gap = Backbone.Load(SharedFiles.Require("golden", "models", NoClassToken));
        Assert.Contains("class token", gap.RefusalOf(new FeaturePooling(Pooling.ClassToken)), StringComparison.Ordinal);
        Assert.Contains("9 blocks", gap.RefusalOf(new FeaturePooling(Pooling.MeanOfNormedPatches, 9)), StringComparison.Ordinal);
        Assert.Null(gap.RefusalOf(new FeaturePooling(Pooling.MeanOfNormedPatches, 2)));
        Assert.Contains("class token", Assert.Throws<BackboneException>(() => Load(NoClassToken, "class-token")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mean", Pooling.MeanOfNormedPatches, 1)]
    [InlineData("class-token+mean@4", Pooling.ClassTokenAndMeanOfNormedPatches, 4)]
    public void TryParse_Name_IsThatOfToString(string name, Pooling kind, int blocks)
    {
        Assert.Equal(new FeaturePooling(kind, blocks), FeaturePooling.TryParse(name));
        Assert.Equal(name, FeaturePooling.TryParse(name).ToString());
    }

    [Theory]
    [InlineData("cls")]
    [InlineData("mean@0")]
    [InlineData("mean@")]
    [InlineData("mean@-1")]
    public void TryParse_NoName_IsNull(string name) => Assert.Null(FeaturePooling.TryParse(name));

    public void Dispose() => _scope.Dispose();

    private static Backbone Load(string model, string pooling) => Backbone.Load(
        SharedFiles.Require("golden", "models", model), pooling: FeaturePooling.TryParse(pooling));

    private static Tensor Features(string model, string pooling, Golden golden)
    {
        using var backbone = Load(model, pooling);
        return Extract(backbone, golden);
    }

    private static Tensor Extract(Backbone backbone, Golden golden)
    {
        var images = golden.Input("native", "pixel_values");
        return backbone.Extract([.. Enumerable.Range(0, (int)images.shape[0]).Select(i => images[i].contiguous().data<float>().ToArray())]);
    }
}
