using MoodStream.Mood.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision;

/// <summary>
/// Packed blocks give what the encoder gives: in float32 up to the rounding of sums; bfloat16 has 8 bits of mantissa, so that features lie
/// within a few times 2⁻⁸, relative to their length.
/// </summary>
public sealed class PackedBlocksTests
{
    private const double Tolerance = 0.03;

    /// <summary>More than the logits of 256 tokens are held of at once.</summary>
    private const int Images = 9;

    private static readonly VitConfig Plain = new() { ImageSize = 32, PatchSize = 8, Width = 64, Depth = 3, Heads = 4 };

    public static TheoryData<VitConfig> Shapes =>
    [
        Plain,
        Plain with { Pooling = Pooling.ClassToken, LayerScale = 0.3, RelativePositions = RelativePositionBias.PerBlock, QkvBias = false },
        Plain with { ClassToken = false, RelativePositions = RelativePositionBias.Shared, Positions = PositionEmbedding.None },
        Plain with { ClassToken = false, ImageSize = 128 },              // 256 tokens: the logits of these images are held in two parts
        Plain with { ImageSize = 128 },                                  // 257 tokens: the logits are not held
    ];

    /// <summary>145 tokens and as many rows of one image: 17 of them are multiplied apart from two blocks of 64.</summary>
    private static readonly VitConfig Wide = new() { ImageSize = 96, PatchSize = 8, Width = 384, Depth = 2, Heads = 6 };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_InBfloat16_LiesNearFloat32(VitConfig config) =>
        Assert.InRange(RelativeDifference(config, ScalarType.BFloat16), 1e-6, Tolerance);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_InFloat32_IsTheSameUpToRounding(VitConfig config) =>
        Assert.InRange(RelativeDifference(config, ScalarType.Float32), 0, 1e-5);

    [Theory]
    [InlineData(ScalarType.BFloat16, Tolerance)]
    [InlineData(ScalarType.Float32, 1e-5)]
    public void Forward_OneWideImage_LiesNearFloat32(ScalarType type, double tolerance) =>
        Assert.InRange(RelativeDifference(Wide, type, images: 1), 0, tolerance);

    /// <summary>TorchSharp frees what it makes of a plain number before the call that is to read it.</summary>
    [Fact]
    public async Task Forward_CollectorRunsMeanwhile_GivesTheSame()
    {
        using var encoder = new VisionTransformer(Plain);
        encoder.eval();
        Assert.True(encoder.TryPack(ScalarType.Float32));
        using var images = randn(1, 3, Plain.ImageSize, Plain.ImageSize);
        using var first = encoder.forward(images);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var collecting = Task.Run(() => CollectUntil(begun, enough.Token), TestContext.Current.CancellationToken);
        await begun.Task;

        for (var pass = 0; pass < 300; pass++)
        {
            using var features = encoder.forward(images);
            Assert.True(features.Equals(first));
        }

        await enough.CancelAsync();
        await collecting;
    }

    /// <summary>Collects, and takes the memory of what was freed for other numbers.</summary>
    private static void CollectUntil(TaskCompletionSource begun, CancellationToken enough)
    {
        begun.SetResult();
        while (!enough.IsCancellationRequested)
        {
            GC.Collect(0);
            GC.WaitForPendingFinalizers();
            for (var number = 0; number < 50; number++) ((long)number).ToScalar().Dispose();
        }
    }

    /// <summary>Length of what packing changes, over the length of the feature.</summary>
    private static double RelativeDifference(VitConfig config, ScalarType type, int images = Images)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        random.manual_seed(7);
        using var encoder = new VisionTransformer(config);
        encoder.InitialiseAsMae();
        foreach (var (name, parameter) in encoder.named_parameters())
            if (name.Contains("bias", StringComparison.Ordinal) || name.Contains("gamma", StringComparison.Ordinal)) parameter.normal_(0.1, 0.5);
        encoder.eval();
        var drawn = randn(images, 3, config.ImageSize, config.ImageSize);
        var exact = encoder.forward(drawn);

        Assert.True(encoder.TryPack(type));
        var packed = encoder.forward(drawn);

        Assert.Equal(ScalarType.Float32, packed.dtype);
        return ((packed - exact).norm() / exact.norm()).item<float>();
    }

    [Fact]
    public void TryPack_GatedMlp_IsRefused()
    {
        using var encoder = new VisionTransformer(Plain with { GatedMlp = true });

        Assert.False(encoder.TryPack(ScalarType.BFloat16));
    }
}
