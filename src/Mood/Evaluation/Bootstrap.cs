using System.Security.Cryptography;
using System.Text;

namespace MoodStream.Mood.Evaluation;

/// <summary>A confidence interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Low, double High);

/// <summary>
/// Bootstrap resamples of test images. A set of images is drawn alike wherever it is used, so that a mean over rows that
/// share images has an interval that knows they do.
/// </summary>
/// <remarks>
/// Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13 (percentile interval). What it
/// covers: chance in the test images; not in the training images, and not in the training of the backbone.
/// Memory: R·N bytes for each set. Thread-safety: owned by one thread.
/// </remarks>
/// <param name="resamples">Number of resamples R, at least 2.</param>
/// <param name="seed">Seed of all draws.</param>
public sealed class Bootstrap(int resamples, int seed)
{
    /// <summary>Share of the resamples within an interval.</summary>
    public const double Level = 0.95;

    private readonly Dictionary<(string Set, int Size), byte[][]> _drawn = [];

    /// <summary>Number of resamples R.</summary>
    public int Resamples { get; } = resamples >= 2
        ? resamples
        : throw new ArgumentOutOfRangeException(nameof(resamples), resamples, "Two resamples are the fewest.");

    /// <summary>AUROC of each resample, [R].</summary>
    /// <param name="id">Name of the ID set, and its scores, [N].</param>
    /// <param name="ood">Name of the OOD set, and its scores, [M].</param>
    public double[] Aurocs(SetScores id, SetScores ood)
    {
        var (idDraws, oodDraws) = (Draws(id.Set, id.Scores.Length), Draws(ood.Set, ood.Scores.Length));
        var pair = new RankedPair(id.Scores, ood.Scores);
        var aurocs = new double[Resamples];
        Parallel.For(0, Resamples, r => aurocs[r] = pair.Auroc(idDraws[r], oodDraws[r]));
        return aurocs;
    }

    /// <summary>The interval that holds <see cref="Level"/> of the values, cut alike at both ends.</summary>
    public static Interval IntervalOf(double[] values)
    {
        var sorted = values.Order().ToArray();
        var cut = (1 - Level) / 2 * (sorted.Length - 1);
        return new Interval(At(sorted, cut), At(sorted, sorted.Length - 1 - cut));
    }

    private static double At(double[] sorted, double place)
    {
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }

    /// <summary>How often each image is drawn in each resample. A byte is enough: more than 255 draws of one of N
    /// images in N tries does not happen for N above 255, and cannot below.</summary>
    private byte[][] Draws(string set, int size)
    {
        if (_drawn.TryGetValue((set, size), out var known)) return known;
        var draws = new byte[Resamples][];
        Parallel.For(0, Resamples, r =>
        {
            var chance = new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}|{set}|{r}"))));
            var counts = new byte[size];
            for (var i = 0; i < size; i++) counts[chance.Next(size)]++;
            draws[r] = counts;
        });
        return _drawn[(set, size)] = draws;
    }
}

/// <summary>Two sides of scores in one order, so that an AUROC with weights is one pass.</summary>
internal sealed class RankedPair
{
    /// <summary>Images in ascending order of their scores: i for an ID image, ~i for an OOD image.</summary>
    private readonly int[] _order;

    /// <summary>Whether the image at a place has a larger score than the one before it.</summary>
    private readonly bool[] _opensStep;

    public RankedPair(double[] id, double[] ood)
    {
        double[] scores = [.. id, .. ood];
        _order = [.. Enumerable.Range(0, id.Length), .. Enumerable.Range(0, ood.Length).Select(i => ~i)];
        Array.Sort(scores, _order);
        _opensStep = new bool[scores.Length];
        for (var i = 1; i < scores.Length; i++) _opensStep[i] = scores[i] > scores[i - 1];
    }

    /// <summary>The AUROC in which each image counts as often as it was drawn; ties half.</summary>
    public double Auroc(byte[] idWeights, byte[] oodWeights)
    {
        long halfPairs = 0, idBelow = 0, idHere = 0, oodHere = 0, idTotal = 0, oodTotal = 0;
        for (var i = 0; i <= _order.Length; i++)
        {
            if (i == _order.Length || _opensStep[i])
            {
                halfPairs += oodHere * (2 * idBelow + idHere);
                (idBelow, oodTotal, idTotal) = (idBelow + idHere, oodTotal + oodHere, idTotal + idHere);
                (idHere, oodHere) = (0, 0);
                if (i == _order.Length) break;
            }
            if (_order[i] >= 0) idHere += idWeights[_order[i]];
            else oodHere += oodWeights[~_order[i]];
        }
        return halfPairs / (2.0 * idTotal * oodTotal);
    }
}
