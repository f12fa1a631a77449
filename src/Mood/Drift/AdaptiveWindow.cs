namespace MoodStream.Mood.Drift;

/// <summary>
/// ADWIN: a window over the p-values that grows while their mean stays and drops its old end where two parts of it differ.
/// Memory grows with the logarithm of the window only.
/// </summary>
/// <remarks>
/// Source: Bifet and Gavaldà 2007, "Learning from Time-Changing Data with Adaptive Windowing", section 4 (ADWIN2), with
/// the cuts that River's implementation checks: every 32 values, parts of at least 5. Differs: nothing.
/// One thread at a time.
/// </remarks>
internal sealed class AdaptiveWindow(double delta) : IDriftTest
{
    private const int CheckEvery = 32;
    private const int Grace = 10;
    private const int SmallestPart = 5;
    private const int BucketsPerRow = 5;

    /// <summary>Rows of buckets, newest first; a bucket of row i holds 2^i values. In a row the oldest comes first.</summary>
    private readonly List<List<Bucket>> _rows = [];

    private Bucket _all;
    private int _sinceCheck;

    /// <inheritdoc/>
    public string Name => DriftMonitor.Adwin;

    /// <inheritdoc/>
    public bool ComparesWithStatistics => false;

    /// <summary>Values in the window.</summary>
    public double Width => _all.Count;

    /// <summary>Largest excess of a cut at the last check: above 0 is an alarm.</summary>
    public double Value { get; private set; }

    /// <inheritdoc/>
    public double Limit => 0;

    /// <inheritdoc/>
    public bool Observe(in DriftObservation image)
    {
        Insert(image.PValue);
        if (++_sinceCheck < CheckEvery || _all.Count <= Grace) return false;
        _sinceCheck = 0;
        var alarms = false;
        while ((Value = LargestExcess()) > 0)
        {
            DropOldest();
            alarms = true;
        }
        return alarms;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _rows.Clear();
        _all = default;
        (_sinceCheck, Value) = (0, 0);
    }

    private void Insert(double value)
    {
        var added = new Bucket(1, value, 0);
        _all = _all.Merge(added);
        for (var row = 0; ; row++)
        {
            if (row == _rows.Count) _rows.Add([]);
            _rows[row].Add(added);
            if (_rows[row].Count <= BucketsPerRow) return;
            added = _rows[row][0].Merge(_rows[row][1]);
            _rows[row].RemoveRange(0, 2);
        }
    }

    private double LargestExcess()
    {
        double variance = _all.SquaredDeviations / _all.Count, largest = double.NegativeInfinity;
        var log = Math.Log(2 * Math.Log(_all.Count) / delta);
        double count = 0, sum = 0;
        foreach (var bucket in OldestFirst())
        {
            (count, sum) = (count + bucket.Count, sum + bucket.Sum);
            var rest = _all.Count - count;
            if (count < SmallestPart || rest < SmallestPart) continue;
            var harmonic = 1 / (count - SmallestPart + 1) + 1 / (rest - SmallestPart + 1);
            var bound = Math.Sqrt(2 * harmonic * variance * log) + 2.0 / 3 * harmonic * log;
            largest = Math.Max(largest, Math.Abs(sum / count - (_all.Sum - sum) / rest) - bound);
        }
        return double.IsNegativeInfinity(largest) ? 0 : largest;
    }

    private void DropOldest()
    {
        var row = _rows[^1];
        row.RemoveAt(0);
        if (row.Count == 0) _rows.RemoveAt(_rows.Count - 1);
        _all = OldestFirst().Aggregate(default(Bucket), (whole, bucket) => whole.Merge(bucket));
    }

    private IEnumerable<Bucket> OldestFirst()
    {
        for (var row = _rows.Count - 1; row >= 0; row--)
            foreach (var bucket in _rows[row]) yield return bucket;
    }

    /// <summary>Count, sum, and squared deviations from the mean of neighbouring values.</summary>
    private readonly record struct Bucket(double Count, double Sum, double SquaredDeviations)
    {
        public Bucket Merge(Bucket other)
        {
            if (Count == 0) return other;
            var offset = Sum / Count - other.Sum / other.Count;
            var count = Count + other.Count;
            return new Bucket(
                count, Sum + other.Sum,
                SquaredDeviations + other.SquaredDeviations + offset * offset * Count * other.Count / count);
        }
    }
}
