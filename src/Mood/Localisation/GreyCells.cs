using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Localisation;

/// <summary>
/// The floor that every localisation table prints: mean grey of each patch, and how far it is from that of the
/// in-distribution images at the same place. No backbone, no covariance.
/// </summary>
/// <remarks>Thread-safety: owned by one thread.</remarks>
public sealed class GreyCells(PatchGrid grid)
{
    /// <summary>
    /// Variance of rounding to 8 bits, added to each cell's variance: a cell that never changes is not infinitely sure.
    /// </summary>
    private const double RoundingVariance = 1.0 / 12 / 255 / 255;

    private readonly double[] _means = new double[grid.Count];
    private readonly double[] _squares = new double[grid.Count];
    private int _count;

    /// <summary>Mean grey of each patch of a backbone's input.</summary>
    /// <param name="input">The image, resized and cropped.</param>
    /// <returns>Values in [0, 1], row by row, [P].</returns>
    public double[] Of(RgbImage input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var cells = new double[grid.Count];
        for (var r = 0; r < grid.Rows; r++)
            for (var c = 0; c < grid.Columns; c++)
                cells[r * grid.Columns + c] = MeanOf(
                    input, Edges(r, grid.Rows, input.Height), Edges(c, grid.Columns, input.Width));
        return cells;
    }

    /// <summary>Adds an in-distribution image (Welford's update).</summary>
    /// <param name="cells">What <see cref="Of"/> gave.</param>
    public void Add(double[] cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        _count++;
        for (var i = 0; i < _means.Length; i++)
        {
            var offset = cells[i] - _means[i];
            _means[i] += offset / _count;
            _squares[i] += offset * (cells[i] - _means[i]);
        }
    }

    /// <summary>|x − μ| of each cell.</summary>
    public HeatMap Difference(double[] cells) => Map(cells, (x, i) => Math.Abs(x - _means[i]));

    /// <summary>(x − μ)² / (σ² + the variance of rounding) of each cell.</summary>
    public HeatMap Distance(double[] cells) =>
        Map(cells, (x, i) => (x - _means[i]) * (x - _means[i]) / (_squares[i] / _count + RoundingVariance));

    private HeatMap Map(double[] cells, Func<double, int, double> value)
    {
        ArgumentNullException.ThrowIfNull(cells);
        return new HeatMap(grid, [.. cells.Select(value)]);
    }

    private static (int From, int To) Edges(int cell, int cells, int pixels) =>
        ((int)((long)cell * pixels / cells), (int)((cell + 1L) * pixels / cells));

    private static double MeanOf(RgbImage image, (int From, int To) rows, (int From, int To) columns)
    {
        long sum = 0;
        for (var y = rows.From; y < rows.To; y++)
            foreach (var value in image.Row(y)[(columns.From * RgbImage.Channels)..(columns.To * RgbImage.Channels)])
                sum += value;
        return (double)sum / ((rows.To - rows.From) * (columns.To - columns.From) * RgbImage.Channels * byte.MaxValue);
    }
}
