namespace MoodStream.Mood.Drift;

/// <summary>
/// Turns a stream of values in (0, 1) into online conformal p-values: the smoothed rank of each value among all before it.
/// While nothing changes they are independent and uniform, exactly and whatever the calibration was, which is what a
/// martingale needs.
/// </summary>
/// <remarks>
/// Values are counted in bins, so that memory is fixed; values of one bin count as equal, and smoothing keeps the ranks
/// uniform. Source: Vovk et al. 2005, "Algorithmic Learning in a Random World", section 8.2 (online smoothed p-values).
/// Differs: the nonconformity is the bin of the value. Cost: O(log bins). One thread at a time.
/// </remarks>
internal sealed class OnlineRank
{
    /// <summary>Bins: as fine as the smallest p-value of a usual calibration set.</summary>
    private const int Bins = 1024;

    /// <summary>Counts by bin as a binary indexed tree (Fenwick 1994), from place 1.</summary>
    private readonly int[] _tree = new int[Bins + 1];

    private int _count;

    /// <summary>The p-value of the next value; the value is counted afterwards.</summary>
    /// <param name="value">In (0, 1).</param>
    /// <param name="uniform">A draw of its own for each value, in (0, 1).</param>
    /// <returns>In (0, 1); small where the value is smaller than most before it.</returns>
    public double Next(double value, double uniform)
    {
        var bin = Math.Min((int)(value * Bins), Bins - 1);
        int below = CountBelow(bin), same = CountBelow(bin + 1) - below;
        var rank = (below + uniform * (1 + same)) / (_count + 1.0);
        if (_count == int.MaxValue - 1) return rank;                             // no more than a counter holds
        for (var i = bin + 1; i <= Bins; i += i & -i) _tree[i]++;
        _count++;
        return rank;
    }

    /// <summary>Forgets every value.</summary>
    public void Reset()
    {
        Array.Clear(_tree);
        _count = 0;
    }

    private int CountBelow(int bin)
    {
        var count = 0;
        for (var i = bin; i > 0; i -= i & -i) count += _tree[i];
        return count;
    }
}
