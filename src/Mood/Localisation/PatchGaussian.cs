using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Mood.Localisation;

/// <summary>
/// Gaussians of the L2-normalised patch tokens of in-distribution images. The distance of a patch is its squared
/// Mahalanobis distance; larger is further out. Immutable.
/// </summary>
/// <remarks>
/// Source: Defard, Setkov, Loesch and Audigier 2021, "PaDiM: a Patch Distribution Modeling Framework for Anomaly
/// Detection and Localization", section III, arXiv:2011.08785 (a Gaussian for each position); Mueller and Hein 2025,
/// "Mahalanobis++", arXiv:2505.18032 (L2-normalised).
/// Differs: tokens of a Vision Transformer's last block instead of three layers of a convolutional network, all D
/// dimensions instead of a random choice, OAS shrinkage instead of 0.01·I, squared distances, and two kinds that share
/// between positions. Thread-safety: measuring from several threads is safe on the CPU; disposing is not.
/// </remarks>
public sealed class PatchGaussian : IDisposable
{
    private const long ChunkRows = 8192;

    private readonly Tensor _means;               // [M, D], M = 1 or P
    private readonly Tensor _factors;             // [F, D, D], F = 1 or P

    internal PatchGaussian(PatchGaussianKind kind, PatchGrid grid, Tensor means, Tensor factors, double intensity)
    {
        (Kind, Grid, ShrinkageIntensity) = (kind, grid, intensity);
        _means = means.DetachFromDisposeScope();
        _factors = factors.DetachFromDisposeScope();
    }

    /// <summary>What the positions share.</summary>
    public PatchGaussianKind Kind { get; }

    /// <summary>How the patches lie.</summary>
    public PatchGrid Grid { get; }

    /// <summary>Length D of a token.</summary>
    public int Dimension => (int)_means.shape[1];

    /// <summary>Weight ρ of the scaled identity, in [0, 1]; the mean over the positions where each has its
    /// own.</summary>
    public double ShrinkageIntensity { get; }

    /// <summary>Means, shape [1, D] or [P, D], float64. Owned by this object.</summary>
    internal Tensor Means => _means;

    /// <summary>Cholesky factors L of the shrunk covariances, shape [1, D, D] or [P, D, D], float64. Owned by this
    /// object.</summary>
    internal Tensor Factors => _factors;

    /// <summary>Squared Mahalanobis distance of each patch to the Gaussian of its position.</summary>
    /// <param name="tokens">Patch tokens, shape [B, P, D], any floating type; B may be 0.</param>
    /// <returns>Distances, image by image, [B][P]; NaN for a token that is not finite or has no direction.</returns>
    /// <exception cref="ArgumentException">The shape or the type is wrong.</exception>
    /// <remarks>Cost: O(B·P·D²).</remarks>
    public double[][] Distances(Tensor tokens)
    {
        PatchTokens.Require(tokens, Grid, Dimension);
        var images = tokens.shape[0];
        var distances = new double[images][];
        var step = Math.Max(1, ChunkRows / Grid.Count);
        for (long start = 0; start < images; start += step)
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var length = Math.Min(step, images - start);
            var values = Chunk(tokens.narrow(0, start, length)).data<double>().ToArray();
            for (var i = 0; i < length; i++)
                distances[start + i] = values[(i * Grid.Count)..((i + 1) * Grid.Count)];
        }
        return distances;
    }

    /// <summary>
    /// Mean log density of patches from their distances, −½ (D ln 2π + ln det Σ + d²): by it the kinds can be compared
    /// on held-out in-distribution images, without any defect. In nats for each patch.
    /// </summary>
    /// <param name="distances">What <see cref="Distances"/> gave, finite.</param>
    public double MeanLogDensity(IEnumerable<double[]> distances)
    {
        using var scope = NewDisposeScope();
        var logDiagonals = _factors.diagonal(0, 1, 2).log().sum(1);                                  // [F]
        var constant = Dimension * Math.Log(2 * Math.PI) + 2 * logDiagonals.data<double>().ToArray().Average();
        return -0.5 * (constant + distances.Average(d => d.Average()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _means.Dispose();
        _factors.Dispose();
    }

    private Tensor Chunk(Tensor tokens)
    {
        var images = tokens.shape[0];
        var scaled = PatchTokens.Scaling.Apply(PatchTokens.Rows(tokens));                           // [B·P, D]
        var usable = scaled.isfinite().all(1);                                                      // [B·P]
        var safe = scaled.masked_fill(usable.logical_not().unsqueeze(1), 0);
        var offsets = safe.reshape(images, Grid.Count, Dimension) - _means;                         // [B, P, D]
        var squared = (_factors.shape[0] == 1 ? Shared(offsets) : Each(offsets)).reshape(-1);       // [B·P]
        return squared.masked_fill(usable.logical_not(), double.NaN).contiguous();
    }

    private Tensor Shared(Tensor offsets)
    {
        var rows = offsets.reshape(-1, Dimension);                                                  // [B·P, D]
        return linalg.solve_triangular(_factors[0].t(), rows, upper: true, left: false).square().sum(1);
    }

    private Tensor Each(Tensor offsets)
    {
        var columns = offsets.permute(1, 2, 0);                                                     // [P, D, B]
        return linalg.solve_triangular(_factors, columns, upper: false).square().sum(1).t();        // [B, P]
    }
}
