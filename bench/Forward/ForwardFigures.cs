using MoodStream.Bench.Driver;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Precision;

namespace MoodStream.Bench.Forward;

/// <summary>The forward pass of ViT-B/16 beside ONNX Runtime and beside its bare matrix products.</summary>
/// <param name="Rows">The two rows.</param>
/// <param name="Figures">How far the outputs lie apart, and images per second.</param>
internal sealed record ForwardFigures(IReadOnlyList<BenchRow> Rows, IReadOnlyDictionary<string, double> Figures)
{
    private const double MustRatio = 1.6, AimRatio = 2.2, MustShare = 0.70, AimShare = 0.85, Fp32Tolerance = 1e-4;

    /// <summary>Median ratio to ONNX Runtime.</summary>
    public double RatioToOnnxRuntime => Rows[0].Ratio;

    /// <summary>Measures.</summary>
    /// <param name="batch">Images of a batch.</param>
    /// <param name="rounds">Counted rounds.</param>
    /// <param name="precision">Type of ours.</param>
    /// <param name="seed">Seed of weights and images.</param>
    /// <exception cref="InvalidOperationException">Ours in float32 and the peer's do not give the same features.</exception>
    public static ForwardFigures Measure(int batch, int rounds, ForwardPrecision precision, int seed)
    {
        using var model = new RandomVit(seed, batch);
        var images = RandomVit.Images(batch, seed);
        var side = RandomVit.Config.ImageSize;
        using var peer = new OnnxPeer(
            model.OnnxPath, model.OnnxOutput, [.. images.SelectMany(i => i)], [batch, 3, side, side], RandomVit.Config.Width);
        using var exact = model.Load(ForwardPrecision.Fp32);
        using var ours = model.Load(precision);
        var distances = Compare(exact, ours, peer, images);

        var beside = PairedRun.Measure("beside ONNX Runtime", rounds, () => ours.Extract(images).Dispose(), () => peer.Forward());
        using var bare = new BareProducts(batch);
        var bound = PairedRun.Measure("beside the bare products", rounds, () => ours.Extract(images).Dispose(), bare.Run,
            peerShare: RandomVit.LinearOperationsOfImage / RandomVit.OperationsOfImage);
        var name = $"ViT-B/16 forward in {ours.Precision}, batch {batch}";
        return new(
            [
                BenchRow.Of($"{name}, beside ONNX Runtime {OnnxPeer.Version} fp32", beside, MustRatio, AimRatio),
                BenchRow.Of($"{name}, share of the {BareProducts.TypeName} matmul bound", bound, MustShare, AimShare),
            ],
            new Dictionary<string, double>
            {
                ["fp32_difference"] = distances.Exact, ["ours_difference"] = distances.Ours,
                ["ours_images_per_second"] = batch / beside.OursSeconds.Median, ["peer_images_per_second"] = batch / beside.PeerSeconds.Median,
                ["bare_gflops"] = batch * RandomVit.OperationsOfImage / bound.PeerSeconds.Median / 1e9,
            });
    }

    /// <summary>How far ours lie from the peer's: the length of the difference over the length of the peer's features.</summary>
    private static (double Exact, double Ours) Compare(Backbone exact, Backbone ours, OnnxPeer peer, float[][] images)
    {
        var theirs = peer.Forward();
        var distances = (Exact: Distance(exact.Extract(images), theirs), Ours: Distance(ours.Extract(images), theirs));
        return distances.Exact <= Fp32Tolerance ? distances
            : throw new InvalidOperationException($"The features in fp32 lie {distances.Exact:G3} apart, more than {Fp32Tolerance}; nothing was timed.");
    }

    private static double Distance(TorchSharp.torch.Tensor features, float[] theirs)
    {
        using (features)
        {
            var mine = features.data<float>().ToArray();
            double difference = 0, length = 0;
            for (var i = 0; i < theirs.Length; i++)
            {
                difference += Math.Pow(mine[i] - theirs[i], 2);
                length += Math.Pow(theirs[i], 2);
            }
            return Math.Sqrt(difference / length);
        }
    }
}
