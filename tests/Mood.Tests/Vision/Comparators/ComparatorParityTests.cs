using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Checkpoints;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision.Comparators;

/// <summary>ResNet-v2, MLP-Mixer and the hybrids against timm 1.0.29.dev0 (commit aa4b5850) on PyTorch 1.13, in
/// float64.</summary>
/// <remarks>
/// Golden values: of each of the two images of <see cref="DrawnCheckpoint.Images"/> the first six values of the feature
/// and the sum of its absolute values; then the logits of both. Weights by the law of <see cref="DrawnCheckpoint"/>.
/// </remarks>
public sealed class ComparatorParityTests
{
    private const double Tolerance = 1e-4;

    private static readonly Dictionary<string, (Func<Dictionary<string, long[]>> Shapes, string Config)> Checkpoints
        = new()
    {
        ["resnetv2"] = (TimmShapes.ResNetV2, TimmConfigs.ResNetV2),
        ["mixer"] = (TimmShapes.Mixer, TimmConfigs.Mixer),
        ["hybrid"] = (() => TimmShapes.Hybrid(17, 1, "norm"), TimmConfigs.Hybrid),
        ["hybrid of a stem"] = (() => TimmShapes.HybridOfStem(17, 2), TimmConfigs.HybridOfStem),
        ["hybrid with mean"] = (() => TimmShapes.Hybrid(7, 2, "fc_norm"), TimmConfigs.HybridWithMean),
    };

    [Theory]
    [InlineData("resnetv2", null, new[]
    {
        0.2434745, 0.1704019, 0.459241, 0.4056752, 0.1820717, 0.2824382, 99.7323,
        0.4527417, 0.3903514, 0.3920714, 0.1945675, 0.2337261, 0.3521753, 100.7741,
    }, new[] { -0.3255745, -0.5095775, -0.3752721, -0.2162592, 0.4300716, -0.2959517, -0.4203834, -0.5116602,
        -0.314263, 0.2483174 })]
    [InlineData("mixer", null, new[]
    {
        -0.003588236, 0.2060514, -0.6812984, 0.09506772, -0.3769861, 0.8744475, 6.558798,
        -0.4460888, 0.22899, -0.6804624, 0.07854964, -0.2445851, 0.7018052, 5.656734,
    }, new[] { 0.9935863, 0.3639203, -0.04165062, 0.8112506, -0.8199327, 1.269065, 0.4073637, 0.06692478, 0.5515297,
        -0.4283435 })]
    [InlineData("hybrid", null, new[]
    {
        -0.5062321, 0.05086031, -1.033582, 0.1816284, -1.11565, 0.8326652, 15.47856,
        -0.5136202, -0.02327821, -0.4008323, 0.0390855, -1.073519, 0.8723599, 15.01422,
    }, new[] { 0.01637712, -0.9171033, 0.2123637, 0.4913405, -0.1363716, 0.2523549, -0.08929104, 0.6395765, 0.6050261,
        -0.2913836 })]
    [InlineData("hybrid", "48x32", new[]
    {
        -0.7249811, -0.4439959, -0.5695133, -0.1423949, -0.9929777, 0.821996, 16.41485,
        -0.3912387, 0.02149006, -0.4459494, -0.1798142, -1.057653, 0.9789257, 15.20685,
    }, new[] { 0.2665187, -0.4390507, 0.4420064, 1.018959, -0.2171783, 0.1970602, -0.1649943, 0.7231545, 0.6782081,
        -0.3107382 })]
    [InlineData("hybrid of a stem", null, new[]
    {
        0.1923196, 0.6946861, -1.308147, 0.8869855, 0.1762564, 0.4235967, 18.32135,
        0.4845465, 0.7859005, -1.557382, 0.7788448, -0.0472787, 0.3829993, 18.17249,
    }, new[] { -0.2126961, -0.3677273, -0.8061022, -0.9501306, -0.4450788, -0.1909436, -0.6273125, -1.136522,
        -0.8187846, -0.6831371 })]
    [InlineData("hybrid with mean", null, new[]
    {
        0.1847192, 0.197876, 0.9326162, 1.356892, 0.2102677, 0.6788952, 18.03822,
        0.4379203, 0.7843574, 0.8336917, 1.003202, -0.4655189, 0.9792444, 18.3654,
    }, new[] { 0.08964584, -0.3053719, -0.3941246, -1.062683, -0.4816372, 0.333687, -0.4009875, -0.1304289, -1.6194,
        -1.117478 })]
    public void Forward_DrawnWeights_GivesTheFeaturesAndLogitsOfTimm(
        string name, string? size, double[] features, double[] logits)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var (shapes, config) = Checkpoints[name];
        using var checkpoint = new DrawnCheckpoint(shapes(), config);
        using var source = TensorSource.Open(checkpoint.Path);
        GridSize? wanted = size is null ? null : new(48, 32);
        using var read = Checkpoint.Read(source, checkpoint.Path, new CheckpointChoices(wanted));
        read.Encoder.eval();
        var (height, width) = read.Encoder.Input;
        var images = tensor(DrawnCheckpoint.Images(height, width).SelectMany(i => i).ToArray(), [2, 3, height, width]);
        var computed = read.Encoder.forward(images).to(ScalarType.Float64);
        Close.Relative(features, [.. Summary(computed[0]), .. Summary(computed[1])], Tolerance, name);
        using var classifier = Checkpoint.ClassifierOf(read.Beside)!;
        Close.Relative(logits, Close.Flat(computed.matmul(classifier.Weight.t()) + classifier.Bias), Tolerance, name);
    }

    [Fact]
    public void Extract_ResNetAtASizeThatNoStrideDivides_GivesTheFeaturesOfTimm()
    {
        using var checkpoint = new DrawnCheckpoint(TimmShapes.ResNetV2(), TimmConfigs.At(TimmConfigs.ResNetV2, 45, 30));
        using var backbone = Backbone.Load(checkpoint.Path);
        using var computed = backbone.Extract(DrawnCheckpoint.Images(45, 30));
        double[] expected =
        [
            0.2058549, 0.2149693, 0.4742164, 0.3618713, 0.2181931, 0.3268324, 99.17572,
            0.3820466, 0.1899581, 0.583323, 0.272233, 0.2781846, 0.2126507, 100.4396,
        ];
        Assert.Equal(new GridSize(6, 4), backbone.PatchGrid);                     // ⌈45 / 8⌉ x ⌈30 / 8⌉
        Close.Relative(expected, [.. Summary(computed[0]), .. Summary(computed[1])], Tolerance);
    }

    [Theory]
    [InlineData("resnetv2")]
    [InlineData("mixer")]
    public void ExtractPatches_OfAnEncoderThatAveragesThem_HaveTheFeatureAsTheirMean(string name)
    {
        using var scope = NewDisposeScope();
        var (shapes, config) = Checkpoints[name];
        using var checkpoint = new DrawnCheckpoint(shapes(), config);
        using var backbone = Backbone.Load(checkpoint.Path);
        var images = DrawnCheckpoint.Images(backbone.Input.Height, backbone.Input.Width);
        var patches = backbone.ExtractPatches(images);
        Assert.Equal([2, backbone.PatchGrid!.Value.Count, backbone.PatchLength], patches.shape);
        Close.Relative(backbone.Extract(images), patches.mean([1]), 1e-6, name);
        AssertOnePassAsTwo(backbone, images);
    }

    private static void AssertOnePassAsTwo(Backbone backbone, float[][] images)
    {
        var (features, patches) = backbone.ExtractWithPatches(images);
        Assert.Equal(backbone.Extract(images).data<float>().ToArray(), features.data<float>().ToArray());
        Assert.Equal(backbone.ExtractPatches(images).data<float>().ToArray(), patches.data<float>().ToArray());
    }

    [Fact]
    public void Load_TimmConfiguration_GivesArchitectureFamilyPreprocessingAndEveryTensor()
    {
        using var checkpoint = new DrawnCheckpoint(TimmShapes.ResNetV2(), TimmConfigs.ResNetV2);
        using var backbone = Backbone.Load(checkpoint.Path);
        Assert.Equal(("resnetv2", "resnetv2 (timm)", 256),
            (backbone.Architecture, backbone.Family, backbone.FeatureLength));
        Assert.Equal((new ResizeRule.ShorterSide(36), 32, ResampleFilter.Bilinear),         // ⌊32 / 0.875⌋
            (backbone.Recipe.Resize, backbone.Recipe.Crop, backbone.Recipe.Filter));
        Assert.Equal(["head.fc.bias", "head.fc.weight"], backbone.WaivedTensors.Keys);
        Assert.Equal(TimmShapes.ResNetV2().Keys.Except(backbone.WaivedTensors.Keys).Order(StringComparer.Ordinal),
            backbone.UsedTensors);
        Assert.Equal(TimmShapes.ResNetV2().Where(t => !t.Key.StartsWith("head.", StringComparison.Ordinal))
            .Sum(t => t.Value.Aggregate(1L, (a, b) => a * b)), backbone.ParameterCount);
    }

    [Fact]
    public void Save_OfAHybrid_IsReadAgainWithTheSameHash()
    {
        var (shapes, config) = Checkpoints["hybrid"];
        using var checkpoint = new DrawnCheckpoint(shapes(), config);
        using var published = Backbone.Load(checkpoint.Path);
        var (encoder, recipe) = Backbone.ReadEncoder(checkpoint.Path, dropPath: 0);
        using (encoder)
        {
            var path = Path.Combine(checkpoint.Path, "own.safetensors");
            Backbone.Save(path, encoder, recipe, "a test");
            using var own = Backbone.Load(path);
            Assert.Equal((published.ModelHash, published.PreprocessingHash), (own.ModelHash, own.PreprocessingHash));
            Assert.Equal(("hybrid", "moodstream"), (own.Architecture, own.Family));
        }
    }

    /// <summary>The first six values and the sum of all absolute values.</summary>
    private static double[] Summary(Tensor feature)
    {
        var values = Close.Flat(feature);
        return [.. values[..6], values.Sum(Math.Abs)];
    }
}
