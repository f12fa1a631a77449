using static TorchSharp.torch;

namespace MoodStream.Mood.Evaluation;

/// <summary>Quick looks at features: how well simple rules tell classes apart on them.</summary>
/// <remarks>Thread-safety: pure.</remarks>
public static class Probes
{
    private const int RowsTogether = 1024;
    private const double SmallestPenalty = 1e-30;                             // for features that are all equal

    /// <summary>Share of test rows whose class most of their nearest training rows have, by cosine.</summary>
    /// <param name="train">Training features, shape [N, D], any floating type, no zero row.</param>
    /// <param name="trainLabels">Their classes, shape [N], int64, in 0..K−1.</param>
    /// <param name="test">Test features, shape [M, D].</param>
    /// <param name="testLabels">Their classes, shape [M], int64.</param>
    /// <param name="neighbours">How many neighbours vote, in 1..N; the lowest class wins a tie.</param>
    /// <returns>Accuracy, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The shapes disagree, or there are fewer rows than neighbours.</exception>
    public static double NearestNeighbours(Tensor train, Tensor trainLabels, Tensor test, Tensor testLabels, int neighbours)
    {
        RequireShapes(train, trainLabels, test, testLabels);
        if (neighbours < 1 || neighbours > train.shape[0])
            throw new ArgumentException($"{neighbours} neighbours of {train.shape[0]} rows are not possible.", nameof(neighbours));
        using var scope = NewDisposeScope();
        var classes = nn.functional.one_hot(trainLabels).to(ScalarType.Float32);                   // [N, K]
        var keys = nn.functional.normalize(train.to(ScalarType.Float32), dim: 1);
        long right = 0;
        for (var first = 0L; first < test.shape[0]; first += RowsTogether)
        {
            using var rows = NewDisposeScope();
            var last = Math.Min(first + RowsTogether, test.shape[0]);
            var queries = nn.functional.normalize(test.slice(0, first, last, 1).to(ScalarType.Float32), dim: 1);
            var nearest = queries.matmul(keys.t()).topk(neighbours, 1).indexes;                    // [m, k]
            var votes = classes.index_select(0, nearest.flatten()).reshape(nearest.shape[0], neighbours, -1).sum(dim: 1);
            right += votes.argmax(1).eq(testLabels.slice(0, first, last, 1)).count_nonzero().item<long>();
        }
        return (double)right / test.shape[0];
    }

    /// <summary>Share of test rows that a linear classifier, fitted to the training rows in closed form, gets right.</summary>
    /// <param name="train">Training features, shape [N, D], any floating type.</param>
    /// <param name="trainLabels">Their classes, shape [N], int64, in 0..K−1.</param>
    /// <param name="test">Test features, shape [M, D].</param>
    /// <param name="testLabels">Their classes, shape [M], int64.</param>
    /// <param name="ridge">Weight of the penalty on the classifier, as a share of the features' mean variance; above 0.</param>
    /// <returns>Accuracy, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The shapes disagree, or the ridge is not above 0.</exception>
    /// <remarks>
    /// Regularised least squares on the classes as one-hot rows: (XᵀX + λI) W = XᵀY, centred, by Cholesky in float64.
    /// Source: Rifkin, Yeo and Poggio 2003, "Regularized Least-Squares Classification". Differs from the usual probe, which
    /// is a logistic regression trained for many epochs: this one has no learning rate and takes seconds.
    /// </remarks>
    public static double Linear(Tensor train, Tensor trainLabels, Tensor test, Tensor testLabels, double ridge = 1e-3)
    {
        RequireShapes(train, trainLabels, test, testLabels);
        if (!(ridge > 0)) throw new ArgumentException($"The ridge is {ridge}; it is above 0.", nameof(ridge));
        using var scope = NewDisposeScope();
        var rows = train.to(ScalarType.Float64);
        var mean = rows.mean([0]);
        var centred = rows - mean;                                                                 // [N, D]
        var wanted = nn.functional.one_hot(trainLabels).to(ScalarType.Float64);                    // [N, K]
        var prior = wanted.mean([0]);
        var gram = centred.t().matmul(centred) / rows.shape[0];
        var penalty = ridge * gram.diagonal().mean().item<double>() + SmallestPenalty;
        var factor = linalg.cholesky(gram + penalty * eye(rows.shape[1], dtype: ScalarType.Float64));
        var moments = centred.t().matmul(wanted - prior) / rows.shape[0];                          // [D, K]
        var half = linalg.solve_triangular(factor, moments, upper: false);
        var weights = linalg.solve_triangular(factor.t(), half, upper: true);
        var scores = (test.to(ScalarType.Float64) - mean).matmul(weights) + prior;                 // [M, K]
        return scores.argmax(1).eq(testLabels).to(ScalarType.Float64).mean().item<double>();
    }

    private static void RequireShapes(Tensor train, Tensor trainLabels, Tensor test, Tensor testLabels)
    {
        if (train.dim() != 2 || test.dim() != 2 || train.shape[1] != test.shape[1] || train.shape[0] == 0 || test.shape[0] == 0)
            throw new ArgumentException("Features of shape [N, D] and [M, D] are wanted, with a row each.", nameof(test));
        if (trainLabels.dim() != 1 || trainLabels.shape[0] != train.shape[0])
            throw new ArgumentException($"Labels of shape [{train.shape[0]}] are wanted.", nameof(trainLabels));
        if (testLabels.dim() != 1 || testLabels.shape[0] != test.shape[0])
            throw new ArgumentException($"Labels of shape [{test.shape[0]}] are wanted.", nameof(testLabels));
    }
}
