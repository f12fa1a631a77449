using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// The directions that training features hardly use, seen from an origin u: the eigenvectors of E[(f − u)(f − u)ᵀ]
/// beyond the P largest. What <c>residual</c> and <c>vim</c> share.
/// </summary>
/// <remarks>
/// Source: Wang et al. 2022, "ViM: Out-Of-Distribution with Virtual-logit Matching", section 4.1, arXiv:2203.10807.
/// Differs: from moments in float64, E[(f − u)(f − u)ᵀ] = Σ + (μ − u)(μ − u)ᵀ, so that it streams; the origin is the
/// mean where there is no classifier; and P follows the number of rows as well, see <see cref="UsualPrincipal"/>.
/// No direction is divided by its variance, so a null direction of LayerNorm and fewer rows than features do no harm.
/// </remarks>
internal static class ResidualSpace
{
    private const string Origin = "origin";
    private const string NullSpace = "null_space";

    /// <summary>
    /// P where none is given: 1000 from D = 2048 on, 512 from D = 768 on, else D / 2, as the ViM paper has it; but at
    /// most N / 2, so that the training rows still vary beyond P, and at least 1.
    /// </summary>
    public static int UsualPrincipal(long rows, long dimension)
    {
        var published = dimension >= 2048 ? 1000 : dimension >= 768 ? 512 : dimension / 2;
        return (int)Math.Max(1, Math.Min(published, rows / 2));
    }

    /// <summary>Origin [D] and null space [D, D − P] of training rows. The caller's scope owns them.</summary>
    /// <exception cref="StatisticsException">P leaves no direction.</exception>
    public static IEnumerable<(string Name, Tensor Value)> Fit(Detector detector, TrainingRows rows, int? principal)
    {
        var kept = principal ?? UsualPrincipal(rows.Count, rows.Dimension);
        if (kept >= rows.Dimension)
            throw new StatisticsException(
                StatisticsFault.Singular,
                $"{kept} principal dimensions of {rows.Dimension} leave none over: {detector} needs at least one.");
        using var moments = TotalMoments(rows);
        var origin = rows.Classifier is { } classifier && classifier.FeatureLength == rows.Dimension
            ? linalg.pinv(classifier.Weight).matmul(classifier.Bias).neg().to(rows.Rows.device)
            : moments.Mean.clone();                                              // [D]
        var offset = moments.Mean - origin;                                      // [D]
        var (_, vectors) = linalg.eigh(moments.Covariance() + outer(offset, offset));              // [D, D], rising
        return [(Origin, origin), (NullSpace, vectors.narrow(1, 0, rows.Dimension - kept).clone())];
    }

    /// <summary>Checks a stored space.</summary>
    /// <returns>Number of features D.</returns>
    /// <exception cref="StatisticsException">It is not there, or its parts do not fit.</exception>
    public static long Require(StoredState state)
    {
        var origin = state.Get(Origin, StoredState.Any);                         // [D]
        state.Get(NullSpace, origin.shape[0], StoredState.Any);                  // [D, D − P]
        return origin.shape[0];
    }

    /// <summary>‖Nᵀ (f − u)‖ of rows, shape [B]. The caller's scope owns it.</summary>
    public static Tensor Norms(Tensor rows, Tensor origin, Tensor nullSpace) =>
        (rows - origin).matmul(nullSpace).square().sum(1).sqrt();

    /// <inheritdoc cref="Norms(Tensor, Tensor, Tensor)"/>
    public static Tensor Norms(StoredState state, Tensor rows) => Norms(rows, state[Origin], state[NullSpace]);

    /// <summary>Mean and scatter of rows, labels ignored. The caller disposes them.</summary>
    public static Moments TotalMoments(TrainingRows rows)
    {
        var moments = Moments.Empty((int)rows.Dimension, rows.Rows.device);
        foreach (var (start, length) in RowChunks.Of(rows.Count, rows.Dimension))
        {
            using var scope = NewDisposeScope();
            using var before = moments;
            moments = before.Add(rows.Rows.narrow(0, start, length));
        }
        return moments;
    }
}
