using System.Runtime.InteropServices;

namespace MoodStream.Bench.TrainerKills;

/// <summary>Class means and within-class scatter of L2-normalised features, by the book: sums over all of them, in plain loops.</summary>
internal sealed class OnePass
{
    private readonly List<(double[] Row, int Label)> _rows = [];

    /// <summary>Images.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a feature of float16.</summary>
    public void Add(byte[] feature, int label)
    {
        var row = new double[feature.Length / 2];
        var halves = MemoryMarshal.Cast<byte, Half>(feature);
        for (var d = 0; d < row.Length; d++) row[d] = (double)halves[d];
        var length = Math.Sqrt(row.Sum(v => v * v));
        for (var d = 0; d < row.Length; d++) row[d] /= length;
        _rows.Add((row, label));
    }

    /// <summary>Means, shape [K, D] row by row, and scatter, shape [D, D] row by row.</summary>
    public (double[] Means, double[] Scatter) Moments(int classes, int dimension)
    {
        var means = new double[classes * dimension];
        var counts = new int[classes];
        foreach (var (row, label) in _rows)
        {
            counts[label]++;
            for (var d = 0; d < dimension; d++) means[label * dimension + d] += row[d];
        }

        for (var i = 0; i < means.Length; i++) means[i] /= Math.Max(1, counts[i / dimension]);
        var scatter = new double[dimension * dimension];
        foreach (var (row, label) in _rows)
        {
            for (var a = 0; a < dimension; a++)
            {
                var offset = row[a] - means[label * dimension + a];
                for (var b = 0; b < dimension; b++) scatter[a * dimension + b] += offset * (row[b] - means[label * dimension + b]);
            }
        }

        return (means, scatter);
    }
}
