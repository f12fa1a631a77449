using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Checkpoints;
using MoodStream.Mood.Weights;

namespace MoodStream.MoodTests.Vision.Comparators;

/// <summary>Checkpoints of the comparators that do not fit themselves: one error that names everything.</summary>
public sealed class ComparatorRefusalTests
{
    private const int Mutations = 300;

    [Fact]
    public void Load_TensorsMissingLeftOverAndMisshapen_NamesThemAllAtOnce()
    {
        var shapes = TimmShapes.ResNetV2();
        shapes.Remove("norm.bias");
        shapes.Remove("stages.0.blocks.1.conv2.weight");
        shapes["stages.1.blocks.0.norm2.weight"] = [63];
        shapes["stages.1.blocks.0.norm2.running_mean"] = [64];
        shapes["fc.weight"] = [5, 256];
        var message = Refusal(shapes,
            TimmConfigs.ResNetV2.Replace("\"bilinear\"", "\"nearest\"", StringComparison.Ordinal));
        Assert.Contains("'norm.bias' is missing.", message, StringComparison.Ordinal);
        Assert.Contains("'stages.0.blocks.1.conv2.weight' is missing.", message, StringComparison.Ordinal);
        Assert.Contains("'stages.1.blocks.0.norm2.weight' is of shape [63], not [64].", message,
            StringComparison.Ordinal);
        Assert.Contains("'stages.1.blocks.0.norm2.running_mean' is left over.", message, StringComparison.Ordinal);
        Assert.Contains("'fc.weight' is left over.", message, StringComparison.Ordinal);
        Assert.Contains("the interpolation 'nearest' is not supported", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("\"layers\":[2,1]", "\"layers\":[2,2]", "layers of [2, 2], the tensors have [2, 1]")]
    [InlineData("\"channels\":[128,256]", "\"channels\":[128,512]",
        "channels of [128, 512], the tensors have [128, 256]")]
    [InlineData("\"stem_chs\":32", "\"stem_chs\":64", "a stem width of 64, the tensors have 32")]
    [InlineData("\"stem_chs\":32", "\"stem_chs\":32,\"stem_type\":\"deep\"",
        "stem_type \"deep\"; only \"fixed\" can be computed")]
    [InlineData("\"stem_chs\":32", "\"stem_chs\":32,\"preact\":false", "preact false; only true can be computed")]
    [InlineData("\"num_features\":256", "\"num_features\":2048", "num_features of 2048, the tensors have 256")]
    [InlineData("\"num_classes\":5", "\"num_classes\":1000", "num_classes of 1000, the tensors have 5")]
    [InlineData("\"global_pool\":\"avg\"", "\"global_pool\":\"max\"", "global_pool 'max'; only 'avg' can be computed")]
    [InlineData("resnetv2_50x1_bit", "mixer_b16_224",
        "the architecture 'mixer_b16_224', the tensors are those of resnetv2 (timm)")]
    [InlineData("resnetv2_50x1_bit", "vit_base_patch16_224",
        "the architecture 'vit_base_patch16_224', the tensors are those of resnetv2")]
    [InlineData("resnetv2_50x1_bit", "resnetv2_50x3_bit", "channels of [384, 768], the tensors have [128, 256]")]
    [InlineData("\"layers\":[2,1],", "", "layers of [3, 4, 6, 3], the tensors have [2, 1]")]
    [InlineData("\"layers\":[2,1]", "\"layers\":\"many\"", "layers is not a list of whole numbers")]
    public void Load_ResNetWhoseConfigurationContradictsItsTensors_SaysWhere(
        string said, string instead, string problem) =>
        Assert.Contains(problem, Refusal(TimmShapes.ResNetV2(), Changed(TimmConfigs.ResNetV2, said, instead)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("\"num_blocks\":2", "\"num_blocks\":3", "num_blocks of 3, the tensors have 2")]
    [InlineData("\"embed_dim\":16", "\"embed_dim\":8", "embed_dim of 8, the tensors have 16")]
    [InlineData("\"patch_size\":8", "\"patch_size\":16", "patch_size of 16, the tensors have 8")]
    [InlineData("\"img_size\":[32,24]", "\"img_size\":[32,32]",
        "an input of 32x32 pixels, 16 patches of 8; the tensors mix 12")]
    [InlineData("\"num_blocks\":2,", "", "num_blocks of 12, the tensors have 2")]
    [InlineData("mixer_b16_224", "gmixer_24_224",
        "the architecture 'gmixer_24_224', the tensors are those of mixer (timm)")]
    public void Load_MixerWhoseConfigurationContradictsItsTensors_SaysWhere(
        string said, string instead, string problem) =>
        Assert.Contains(problem, Refusal(TimmShapes.Mixer(), Changed(TimmConfigs.Mixer, said, instead)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("\"layers\":[1,1],", "", "layers of [3, 4, 9], the tensors have [1, 1]")]
    [InlineData("\"embed_dim\":24,", "", "a hidden width of 768, the tensors have 24")]
    [InlineData("\"depth\":2", "\"depth\":3", "a number of blocks of 3, the tensors have 2")]
    [InlineData("\"input_size\":[3,32,32]", "\"input_size\":[3,64,64]",
        "a grid of 8x8 patches, yet 'pos_embed' has 17 rows")]
    [InlineData("vit_base_r50_s16_224", "vit_base_patch16_224",
        "the architecture 'vit_base_patch16_224', the tensors are those of hybrid")]
    public void Load_HybridWhoseConfigurationContradictsItsTensors_SaysWhere(
        string said, string instead, string problem) =>
        Assert.Contains(problem, Refusal(TimmShapes.Hybrid(17, 1, "norm"), Changed(TimmConfigs.Hybrid, said, instead)),
            StringComparison.Ordinal);

    [Fact]
    public void Load_TransformerCalledAResNet_SaysSo()
    {
        var shapes = TimmShapes.Hybrid(17, 1, "norm")
            .Where(t => !t.Key.Contains("backbone", StringComparison.Ordinal)).ToDictionary();
        shapes["patch_embed.proj.weight"] = [24, 3, 8, 8];
        Assert.Contains("the architecture 'resnetv2_50x1_bit', the tensors are those of vit (timm)",
            Refusal(shapes, TimmConfigs.ResNetV2), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_HybridWhosePositionsFitNoGridAtAnotherSize_IsRefusedReadably()
    {
        var config = Changed(TimmConfigs.Hybrid, "[3,32,32]", "[3,64,64]");
        using var checkpoint = new DrawnCheckpoint(TimmShapes.Hybrid(17, 1, "norm"), config);
        var refused = Assert.Throws<BackboneException>(() => Backbone.Load(checkpoint.Path, inputSize: 48));
        Assert.Contains("of 8x8 patches, yet 'pos_embed' has 17 rows", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ResNetWithoutConfiguration_AsksForTheSizeAndTakesIt()
    {
        using var checkpoint = new DrawnCheckpoint(TimmShapes.ResNetV2(), config: null);
        var refused = Assert.Throws<BackboneException>(() => Backbone.Load(checkpoint.Path));
        Assert.Contains("give --input-size", refused.Message, StringComparison.Ordinal);
        using var backbone = Backbone.Load(checkpoint.Path, inputSize: 40);
        Assert.Equal((GridSize.Square(40), GridSize.Square(5)), (backbone.Input, backbone.PatchGrid!.Value));
    }

    [Fact]
    public void Load_MixerAtAnotherSize_IsRefusedBecauseItsWeightsFitOne()
    {
        using var checkpoint = new DrawnCheckpoint(TimmShapes.Mixer(), TimmConfigs.Mixer);
        var refused = Assert.Throws<BackboneException>(() => Backbone.Load(checkpoint.Path, inputSize: 64));
        Assert.Contains("An input of 64x64 pixels is not possible", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadEncoder_OfAResNet_SaysThatOnlyTransformersAreTrained()
    {
        using var checkpoint = new DrawnCheckpoint(TimmShapes.ResNetV2(), TimmConfigs.ResNetV2);
        var refused = Assert.Throws<BackboneException>(() => Backbone.ReadEncoder(checkpoint.Path, dropPath: 0));
        Assert.Contains("only a Vision Transformer can be trained further", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stages.12.blocks.3.conv1.weight", "s.12.b.3.weight")]
    [InlineData("stages.1.blocks.2.conv1", "s.1.b.2")]
    [InlineData("stages.1.blocks.2.conv12.weight", null)]
    [InlineData("stages.1.blocks.conv1.weight", null)]
    [InlineData("stages.1234.blocks.2.conv1.weight", null)]
    public void Translate_PatternOfTwoNumbers_KeepsBoth(string theirs, string? ours) =>
        Assert.Equal(ours, new KeyMap([], [("stages.*.blocks.*.conv1", "s.*.b.*")]).Translate(theirs));

    [Theory]
    [InlineData("resnetv2", 1)]
    [InlineData("mixer", 2)]
    [InlineData("hybrid", 3)]
    public void Load_MutatedFiles_RefusesReadablyOrLoads(string family, int seed)
    {
        var (shapes, config) = family switch
        {
            "resnetv2" => (TimmShapes.ResNetV2(), TimmConfigs.ResNetV2),
            "mixer" => (TimmShapes.Mixer(), TimmConfigs.Mixer),
            _ => (TimmShapes.Hybrid(17, 1, "norm"), TimmConfigs.Hybrid),
        };
        using var checkpoint = new DrawnCheckpoint(shapes, config);
        var random = new Random(seed);
        foreach (var file in (string[])[checkpoint.Weights, checkpoint.Config])
        {
            var whole = File.ReadAllBytes(file);
            for (var i = 0; i < Mutations; i++)
            {
                File.WriteAllBytes(file, Mutation.Of(whole, random));
                var error = Record.Exception(() => Backbone.Load(checkpoint.Path).Dispose());
                Assert.True(error is null or BackboneException or SafetensorsException,
                    $"mutation {i} of {file}: {error}");
            }
            File.WriteAllBytes(file, whole);
        }
    }

    private static string Refusal(Dictionary<string, long[]> shapes, string config)
    {
        using var checkpoint = new DrawnCheckpoint(shapes, config);
        return Assert.Throws<BackboneException>(() => Backbone.Load(checkpoint.Path)).Message;
    }

    private static string Changed(string config, string said, string instead)
    {
        Assert.Contains(said, config, StringComparison.Ordinal);
        return config.Replace(said, instead, StringComparison.Ordinal);
    }
}
