using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Localisation;

/// <summary>
/// Gathers the patch tokens of in-distribution images batch by batch, and fits a <see cref="PatchGaussian"/> to them.
/// </summary>
/// <remarks>
/// Memory: O(P·D + D²), or O(P·D²) for <see cref="PatchGaussianKind.PerPosition"/>; images are not kept.
/// Thread-safety: owned by one thread.
/// </remarks>
public sealed class PatchMoments : IDisposable
{
    /// <summary>Most memory for the covariances of all positions, in bytes.</summary>
    public const long MostBytes = 512L << 20;

    private readonly Moments[] _perPosition = [];
    private ClassMoments? _shared;

    /// <param name="kind">What the positions share.</param>
    /// <param name="grid">How the patches lie.</param>
    /// <param name="dimension">Length D of a token, at least 1.</param>
    /// <exception cref="ArgumentException">The covariances of all positions would take more than
    /// <see cref="MostBytes"/>; the message says what to choose instead.</exception>
    public PatchMoments(PatchGaussianKind kind, PatchGrid grid, int dimension)
    {
        (Kind, Grid, Dimension) = (kind, grid, dimension);
        if (Refusal(kind, grid, dimension) is { } refusal) throw new ArgumentException(refusal);
        if (kind == PatchGaussianKind.PerPosition)
            _perPosition = [.. Enumerable.Range(0, grid.Count).Select(_ => Moments.Empty(dimension))];
        else
            _shared = ClassMoments.Empty(kind == PatchGaussianKind.Pooled ? 1 : grid.Count, dimension);
    }

    /// <summary>What the positions share.</summary>
    public PatchGaussianKind Kind { get; }

    /// <summary>How the patches lie.</summary>
    public PatchGrid Grid { get; }

    /// <summary>Length D of a token.</summary>
    public int Dimension { get; }

    /// <summary>Why a kind cannot be fitted to so many positions; null if it can.</summary>
    public static string? Refusal(PatchGaussianKind kind, PatchGrid grid, int dimension)
    {
        var bytes = (long)grid.Count * dimension * dimension * sizeof(double);
        if (kind != PatchGaussianKind.PerPosition || bytes <= MostBytes) return null;
        return $"A {kind.Name()} Gaussian of {grid} positions with a covariance of {dimension} × {dimension} each would "
            + $"take {bytes >> 20:N0} MiB, more than {MostBytes >> 20} MiB. Choose "
            + $"{PatchGaussianKind.PositionCentred.Name()} or {PatchGaussianKind.Pooled.Name()}, or a smaller input.";
    }

    /// <summary>Adds images.</summary>
    /// <param name="tokens">Patch tokens, shape [B, P, D], any floating type.</param>
    /// <exception cref="ArgumentException">The shape or the type is wrong.</exception>
    /// <exception cref="StatisticsException">A token holds NaN or infinity, or has no direction.</exception>
    public void Add(Tensor tokens)
    {
        PatchTokens.Require(tokens, Grid, Dimension);
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = PatchTokens.Scaling.ApplyToAll(FeatureRows.Finite(PatchTokens.Rows(tokens)));    // [B·P, D]
        if (_shared is not null) AddShared(rows, tokens.shape[0]);
        else AddEach(rows.reshape(tokens.shape[0], Grid.Count, Dimension));
    }

    /// <summary>Fits to what was added.</summary>
    /// <returns>The fitted Gaussian. The caller disposes it.</returns>
    /// <exception cref="StatisticsException">There is no image, or the tokens of a position are all equal.</exception>
    /// <remarks>
    /// Shrinkage by OAS. A shared covariance counts each patch as a row although patches of one image depend on each
    /// other, so its shrinkage is on the low side.
    /// </remarks>
    public PatchGaussian Fit()
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        if (_shared is not null)
        {
            _shared.RequireEveryClass();
            var (factor, intensity) = Factor(_shared.TiedCovariance(), _shared.EffectiveSize);
            return new PatchGaussian(Kind, Grid, _shared.Means.clone(), factor.unsqueeze(0), intensity);
        }
        var factors = _perPosition.Select(m => Factor(m.Covariance(), m.EffectiveSize)).ToArray();
        return new PatchGaussian(
            Kind,
            Grid,
            stack(_perPosition.Select(m => m.Mean)),                             // [P, D]
            stack(factors.Select(f => f.Lower)),                                 // [P, D, D]
            factors.Average(f => f.Intensity));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _shared?.Dispose();
        foreach (var moments in _perPosition) moments.Dispose();
    }

    private void AddShared(Tensor rows, long images)
    {
        var before = _shared!;
        var labels = Kind == PatchGaussianKind.Pooled
            ? zeros(rows.shape[0], ScalarType.Int64)
            : arange(Grid.Count, ScalarType.Int64).repeat(images);               // [B·P]
        _shared = before.Add(rows, labels);
        before.Dispose();
    }

    private void AddEach(Tensor tokens)
    {
        for (var p = 0; p < _perPosition.Length; p++)
        {
            using var scope = NewDisposeScope();
            var before = _perPosition[p];
            _perPosition[p] = before.Add(tokens.select(1, p));
            before.Dispose();
        }
    }

    private static (Tensor Lower, double Intensity) Factor(Tensor covariance, double effectiveSize)
    {
        var intensity = Shrinkage.Oas.Intensity(covariance, effectiveSize);
        using var factor = CholeskyFactor.Of(Shrinkage.Apply(covariance, intensity), out _);
        return (factor.Matrix.clone(), intensity);                               // [D, D]
    }
}
