using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Localisation;

/// <summary>How far out each patch of one image is; larger is further out. Immutable.</summary>
/// <remarks>Thread-safety: pure.</remarks>
public sealed class HeatMap
{
    /// <summary>A Gaussian kernel is cut off at this many standard deviations.</summary>
    private const double KernelReach = 4;

    /// <param name="grid">How the patches lie.</param>
    /// <param name="values">Value of each patch, row by row, [P].</param>
    /// <exception cref="ArgumentException">There is another number of values than of patches.</exception>
    public HeatMap(PatchGrid grid, double[] values)
    {
        if (values.Length != grid.Count)
            throw new ArgumentException($"There are {values.Length} values for {grid.Count} patches.", nameof(values));
        (Grid, Values) = (grid, values);
    }

    /// <summary>How the patches lie.</summary>
    public PatchGrid Grid { get; }

    /// <summary>Value of each patch, row by row, [P].</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The largest value: the score of the image as a whole.</summary>
    public double Peak => Values.Max();

    /// <summary>The map smoothed by a Gaussian; at the edges the weights inside the grid are scaled to sum 1.</summary>
    /// <param name="deviation">Standard deviation in patches, at least 0; 0 leaves the map as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative or no number.</exception>
    public HeatMap Smoothed(double deviation)
    {
        if (!(deviation >= 0 && double.IsFinite(deviation)))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "The deviation is a number from 0.");
        if (deviation == 0) return this;
        var kernel = new double[(int)Math.Ceiling(KernelReach * deviation) + 1];
        for (var i = 0; i < kernel.Length; i++) kernel[i] = Math.Exp(-0.5 * i * i / (deviation * deviation));
        var across = Smooth([.. Values], kernel, Grid.Rows, Grid.Columns, Grid.Columns, 1);
        return new HeatMap(Grid, Smooth(across, kernel, Grid.Columns, Grid.Rows, 1, Grid.Columns));
    }

    /// <summary>The map at the size of the image it belongs to, by bilinear interpolation between patch
    /// centres.</summary>
    /// <param name="recipe">The preprocessing of the backbone: its resize and crop are undone.</param>
    /// <param name="width">Width of the decoded image, in pixels.</param>
    /// <param name="height">Height of the decoded image, in pixels.</param>
    /// <returns>
    /// Value of each pixel, row by row, [H·W]; beyond the outermost patch centres that of the nearest patch; NaN for
    /// pixels that the crop cut off, which the backbone never saw.
    /// </returns>
    public float[] Spread(PreprocessingRecipe recipe, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var placement = recipe.PlacementOf(width, height);
        var columns = Enumerable.Range(0, width)
            .Select(x => Between.Of(placement.Across(x), recipe.OutputWidth, Grid.Columns)).ToArray();
        var pixels = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            var row = Between.Of(placement.Down(y), recipe.OutputHeight, Grid.Rows);
            for (var x = 0; x < width; x++)
                pixels[y * width + x] = row.Seen && columns[x].Seen ? (float)At(row, columns[x]) : float.NaN;
        }
        return pixels;
    }

    private double At(Between row, Between column)
    {
        int upper = row.First * Grid.Columns, lower = row.Second * Grid.Columns;
        return (1 - row.Share) * Mix(Values[upper + column.First], Values[upper + column.Second], column.Share)
            + row.Share * Mix(Values[lower + column.First], Values[lower + column.Second], column.Share);
    }

    private static double Mix(double first, double second, double share) => (1 - share) * first + share * second;

    private static double[] Smooth(double[] values, double[] kernel, int lines, int length, int lineStep, int step)
    {
        var smooth = new double[values.Length];
        for (var line = 0; line < lines; line++)
        {
            for (var i = 0; i < length; i++)
            {
                double sum = 0, weights = 0;
                for (var j = Math.Max(0, i - kernel.Length + 1); j < Math.Min(length, i + kernel.Length); j++)
                {
                    var weight = kernel[Math.Abs(i - j)];
                    sum += weight * values[line * lineStep + j * step];
                    weights += weight;
                }
                smooth[line * lineStep + i * step] = sum / weights;
            }
        }
        return smooth;
    }

    /// <summary>A pixel between two neighbouring patch centres of one axis.</summary>
    /// <param name="First">The patch before it.</param>
    /// <param name="Second">The patch after it.</param>
    /// <param name="Share">Weight of the second.</param>
    /// <param name="Seen">Whether the pixel lies in the backbone's input at all.</param>
    private readonly record struct Between(int First, int Second, double Share, bool Seen)
    {
        public static Between Of(double place, int inputSize, int patches)
        {
            var position = Math.Clamp(place * patches / inputSize - 0.5, 0, patches - 1);
            var first = (int)position;
            return new Between(
                first, Math.Min(first + 1, patches - 1), position - first, place >= 0 && place < inputSize);
        }
    }
}
