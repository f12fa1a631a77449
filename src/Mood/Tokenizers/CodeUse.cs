using static TorchSharp.torch;

namespace MoodStream.Mood.Tokenizers;

/// <summary>How a tokenizer uses its vocabulary.</summary>
/// <param name="Perplexity">exp of the entropy of the codes' frequencies: how many are in use, in [1, V].</param>
/// <param name="Codes">Size of the vocabulary V.</param>
/// <param name="SoftError">Error of what is restored from the mixture of codes, as in training.</param>
/// <param name="HardError">Error of what is restored from the codes alone, as they are used.</param>
public readonly record struct CodeUse(double Perplexity, int Codes, double SoftError, double HardError)
{
    /// <summary>Share of the vocabulary that is in use, in (0, 1].</summary>
    public double Share => Perplexity / Codes;

    /// <summary>exp of the entropy of frequencies, in nats.</summary>
    /// <param name="codes">Codes, any shape, int64, in 0..V−1.</param>
    /// <param name="count">Size of the vocabulary V.</param>
    /// <exception cref="ArgumentException">There is no code.</exception>
    public static double PerplexityOf(Tensor codes, int count)
    {
        if (codes.numel() == 0) throw new ArgumentException("There are no codes.", nameof(codes));
        using var scope = NewDisposeScope();
        var shares = codes.flatten().bincount(null, minlength: count).to(ScalarType.Float64) / codes.numel();   // [V]
        return Math.Exp(special.entr(shares).sum(dim: 0).item<double>());
    }
}
