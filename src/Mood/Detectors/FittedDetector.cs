using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Scores of a batch.</summary>
/// <param name="Scores">OOD score of each row, in the order of the rows; larger is further out; NaN for a row that
/// cannot be scored.</param>
/// <param name="NearestClass">Nearest class of each row; null for a detector of one class. Of a row that cannot be
/// scored it says nothing.</param>
public sealed record DetectorScores(double[] Scores, int[]? NearestClass);

/// <summary>How a fit went.</summary>
/// <param name="ShrinkageIntensity">Weight ρ of the scaled identity, in [0, 1].</param>
/// <param name="EffectiveSize">Effective number of rows behind the fit.</param>
/// <param name="Condition">Largest over smallest eigenvalue of the covariance that is measured with.</param>
public sealed record FitDiagnostics(double ShrinkageIntensity, double EffectiveSize, double Condition);

/// <summary>A detector fitted to in-distribution rows. Immutable.</summary>
/// <remarks>Thread-safety: scoring from several threads is safe on the CPU; disposing is not.</remarks>
public abstract class FittedDetector : IDisposable
{
    private protected FittedDetector(Detector detector, FitDiagnostics diagnostics) => (Detector, Diagnostics) = (detector, diagnostics);

    /// <summary>What was fitted.</summary>
    public Detector Detector { get; }

    /// <summary>How the fit went.</summary>
    public FitDiagnostics Diagnostics { get; }

    /// <summary>Number of features D of a row.</summary>
    public abstract int Dimension { get; }

    /// <summary>Number of classes K; 1 where labels played no part.</summary>
    public abstract int ClassCount { get; }

    /// <summary>The Gaussian that the rows are first measured against; null for a detector that has none.</summary>
    internal virtual FittedGaussian? Gaussian => null;

    /// <summary>Everything that <see cref="Detector.Restore"/> needs, float64. Owned by this object.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>
    /// Scores rows. A row with NaN or infinity, or without a direction where one is needed, scores NaN and disturbs no
    /// other.
    /// </summary>
    /// <param name="inputs">Rows, shape [B, D], any floating type; B may be 0.</param>
    /// <exception cref="ArgumentException">The shape is not [B, D], or the type is not floating.</exception>
    public abstract DetectorScores Score(Tensor inputs);

    /// <summary>Refuses rows of another length.</summary>
    private protected void RequireRows(Tensor inputs)
    {
        if (inputs.dim() != 2 || inputs.shape[1] != Dimension)
            throw new ArgumentException(
                $"Rows of shape [B, {Dimension}] are wanted, not [{string.Join(", ", inputs.shape)}].", nameof(inputs));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes the state; a detector that holds more disposes that as well.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var tensor in State.Values) tensor.Dispose();
    }
}
