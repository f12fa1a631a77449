using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Training;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Training;

/// <summary>Laws and numbers of the pieces of a fine-tuning recipe.</summary>
public sealed class FinetuneRecipeTests
{
    /// <summary>Worked out by hand: t = 1 − α + α/K, o = α/K, floor −(t ln t + (K − 1) o ln o), gap ln(t/o).</summary>
    [Theory]
    [InlineData(10, 0.5003, 4.511)]
    [InlineData(30, 0.6432, 5.602)]
    [InlineData(100, 0.7778, 6.804)]
    public void LossFloor_SmoothingOfOneTenth_IsTheKnownNumber(int classes, double floor, double gap)
    {
        var smoothing = new LabelSmoothing(0.1, classes);
        Assert.Equal(floor, smoothing.LossFloor, 5e-5);
        Assert.Equal(gap, smoothing.OptimalLogitGap, 5e-4);
    }

    [Fact]
    public void LossFloor_LogitsAtTheOptimalGap_IsWhatTorchGives()
    {
        using var scope = NewDisposeScope();
        var smoothing = new LabelSmoothing(0.1, 10);
        var logits = zeros(1, 10, ScalarType.Float64);
        logits[0, 3] = smoothing.OptimalLogitGap;
        var loss = nn.functional.cross_entropy(logits, tensor(new[] { 3L }), label_smoothing: 0.1);
        Assert.Equal(smoothing.LossFloor, loss.item<double>(), 1e-12);
        Assert.Equal(0, (smoothing with { Alpha = 0 }).LossFloor);
    }

    [Fact]
    public void ScaleOf_EncoderOf24Blocks_FallsFromTheTopToTheTokens()
    {
        var decay = new LayerDecay(0.9, 24);
        Assert.Equal(Math.Pow(0.9, 25), decay.ScaleOf(decay.LayerOf("patch_embed.proj.weight")), 1e-15);
        Assert.Equal(1, decay.ScaleOf(decay.LayerOf("norm.weight")));
        Assert.Equal([0, 0, 1, 24, 25, 25], new[] { "cls_token", "pos_embed", "blocks.0.attn.qkv.weight", "blocks.23.mlp.fc2.bias", "fc_norm.weight", "head.weight" }
            .Select(decay.LayerOf));
    }

    [Fact]
    public void Erasing_OfAllImages_FillsOneRectangleAndNothingElse()
    {
        const int side = 32;
        foreach (var seed in Enumerable.Range(0, 50))
        {
            var image = new float[3 * side * side];
            new RandomErasing(1).Apply(image, side, new Random(seed));
            var changed = Enumerable.Range(0, side * side).Where(i => image[i] != 0).ToArray();
            int rows = changed.Select(i => i / side).Distinct().Count(), columns = changed.Select(i => i % side).Distinct().Count();
            Assert.Equal(rows * columns, changed.Length);
            Assert.InRange(changed.Length, 1, side * side / 2);
            Assert.Equal(changed, Enumerable.Range(0, side * side).Where(i => image[2 * side * side + i] != 0));
        }
    }

    [Fact]
    public void Erasing_OfNone_ChangesNothing()
    {
        var image = new float[3 * 16];
        new RandomErasing(0).Apply(image, 4, new Random(1));
        Assert.All(image, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Mixup_Always_KeepsTheShareOfEachPart()
    {
        using var scope = NewDisposeScope();
        var images = arange(4).to(ScalarType.Float32).reshape(4, 1, 1, 1).expand(4, 3, 8, 8);      // image i is all i
        var labels = arange(4);
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var mixed = new BatchMixing(0.8, 0).Apply(images, labels, new Random(seed));
            Assert.InRange(mixed.Share, 0, 1);
            var expected = (mixed.Share * labels + (1 - mixed.Share) * mixed.OtherLabels).to(ScalarType.Float32);
            Assert.True(mixed.Images.mean([1, 2, 3]).allclose(expected, rtol: 1e-5, atol: 1e-5));
        }
    }

    [Fact]
    public void CutMix_Always_TakesTheShareThatItSays()
    {
        using var scope = NewDisposeScope();
        var images = arange(4).to(ScalarType.Float32).reshape(4, 1, 1, 1).expand(4, 3, 8, 8);
        var labels = arange(4);
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var mixed = new BatchMixing(0, 1).Apply(images, labels, new Random(seed));
            var expected = (mixed.Share * labels + (1 - mixed.Share) * mixed.OtherLabels).to(ScalarType.Float32);
            Assert.True(mixed.Images.mean([1, 2, 3]).allclose(expected, rtol: 1e-5, atol: 1e-5));
        }
    }

    [Fact]
    public void Mixing_Off_LeavesTheBatchAsItIs()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = (rand(2, 3, 4, 4), arange(2));
        var mixed = new BatchMixing(0, 0).Apply(images, labels, new Random(1));
        Assert.Equal((1.0, true, true), (mixed.Share, ReferenceEquals(images, mixed.Images), ReferenceEquals(labels, mixed.Labels)));
    }
}
