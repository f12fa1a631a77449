using static TorchSharp.torch;

namespace MoodStream.Mood.Probes;

/// <summary>A quick look at features: how well their nearest neighbours tell classes apart.</summary>
/// <remarks>Thread-safety: pure.</remarks>
public static class NeighbourProbe
{
    private const int RowsTogether = 1024;

    /// <summary>Share of test rows whose class most of their nearest training rows have, by cosine.</summary>
    /// <param name="train">Training features, shape [N, D], any floating type, no zero row.</param>
    /// <param name="trainLabels">Their classes, shape [N], int64, in 0..K−1.</param>
    /// <param name="test">Test features, shape [M, D].</param>
    /// <param name="testLabels">Their classes, shape [M], int64.</param>
    /// <param name="neighbours">How many neighbours vote, in 1..N; the lowest class wins a tie.</param>
    /// <returns>Accuracy, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The shapes disagree, or there are fewer rows than neighbours.</exception>
    public static double AccuracyOf(
        Tensor train, Tensor trainLabels, Tensor test, Tensor testLabels, int neighbours)
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
