using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Lets the matrix products of the encoder run in a shorter type while their weights stay in float32.</summary>
/// <remarks>
/// Weights are cast as they are used, so their gradients arrive in float32. Norms, residual sums and losses stay in
/// float32. Source of the idea: Micikevicius et al. 2018, "Mixed Precision Training"; bfloat16 needs no loss scaling.
/// Thread-safety: holds for the thread that asked for it.
/// </remarks>
internal static class Autocast
{
    [ThreadStatic]
    private static ScalarType? _type;

    /// <summary>Casts until the result is disposed.</summary>
    /// <param name="type">The shorter type; null casts nothing.</param>
    public static IDisposable To(ScalarType? type)
    {
        var before = new Restore(_type);
        _type = type;
        return before;
    }

    /// <summary>A linear layer in the present type.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="tokens">Its input, shape [.., D].</param>
    /// <returns>Shape [.., K], in the present type. The caller disposes it.</returns>
    public static Tensor Apply(this Linear layer, Tensor tokens) => Linear(tokens, layer.weight, layer.bias);

    /// <summary>The product x Wᵀ + b in the present type.</summary>
    public static Tensor Linear(Tensor tokens, Tensor weight, Tensor? bias)
    {
        if (_type is not { } type) return nn.functional.linear(tokens, weight, bias);
        using var scope = NewDisposeScope();
        return nn.functional.linear(tokens.to(type), weight.to(type), bias?.to(type)).MoveToOuterDisposeScope();
    }

    private sealed class Restore(ScalarType? type) : IDisposable
    {
        public void Dispose() => _type = type;
    }
}
