using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>Maps offsets so that their squared length is the squared Mahalanobis distance. In float64.</summary>
public abstract class Whitening : IDisposable
{
    private protected Whitening(Tensor matrix) => Matrix = matrix.DetachFromDisposeScope();

    /// <summary>
    /// The matrix that defines the map; what it is, the kind of whitening says. Owned by this object.
    /// </summary>
    public Tensor Matrix { get; }

    /// <summary>Number of features D.</summary>
    public int Dimension => (int)Matrix.shape[0];

    /// <summary>Number of directions R that the distance measures.</summary>
    public int Rank => (int)Matrix.shape[1];

    /// <summary>Whitened offsets.</summary>
    /// <param name="offsets">Offsets x − mean, shape [B, D], float64.</param>
    /// <returns>Whitened offsets, shape [B, R], float64; a squared row length is a squared Mahalanobis distance. The
    /// caller disposes it.</returns>
    public abstract Tensor Apply(Tensor offsets);

    /// <inheritdoc/>
    public void Dispose()
    {
        Matrix.Dispose();
        GC.SuppressFinalize(this);
    }
}
