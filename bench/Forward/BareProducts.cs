using MoodStream.Mood.Vision.Precision;
using static TorchSharp.torch;

namespace MoodStream.Bench.Forward;

/// <summary>The limit: the matrix products of the blocks' linear layers, and nothing else, in the type that this processor is fastest at.</summary>
internal sealed class BareProducts : IDisposable
{
    private static readonly ScalarType Type = Bf16Hardware.Has(CPU) ? ScalarType.BFloat16 : ScalarType.Float32;
    private readonly (Tensor Tokens, Tensor Weight)[] _products;

    /// <param name="images">Images of a batch.</param>
    public BareProducts(int images)
    {
        using var scope = NewDisposeScope();
        var config = RandomVit.Config;
        long rows = images * (config.Patches + 1L), width = config.Width, hidden = config.HiddenWidth;
        (long In, long Out)[] layers = [(width, 3 * width), (width, width), (width, hidden), (hidden, width)];
        _products = [.. layers.Select(l => (Of(rows, l.In), Of(l.In, l.Out)))];
    }

    /// <summary>Short name of the type of the products.</summary>
    public static string TypeName => Type == ScalarType.BFloat16 ? "bf16" : "fp32";

    /// <summary>Runs the products of all blocks.</summary>
    public void Run()
    {
        using var inference = inference_mode();
        for (var block = 0; block < RandomVit.Config.Depth; block++)
            foreach (var (tokens, weight) in _products) tokens.matmul(weight).Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (tokens, weight) in _products)
        {
            tokens.Dispose();
            weight.Dispose();
        }
    }

    private static Tensor Of(long rows, long columns) => randn(rows, columns).to(Type).DetachFromDisposeScope();
}
