namespace MoodStream.Mood.Metrics;

/// <summary>The connected regions of a ground-truth mask; pixels that touch at an edge or a corner are
/// connected.</summary>
public sealed class MaskRegions
{
    private MaskRegions(int[] regionOf, int count) => (RegionOf, Count) = (regionOf, count);

    /// <summary>Region of each pixel, from 0, in the order of their first pixels; −1 outside every region.</summary>
    public IReadOnlyList<int> RegionOf { get; }

    /// <summary>Number of regions.</summary>
    public int Count { get; }

    /// <summary>Finds the regions.</summary>
    /// <param name="mask">Whether each pixel is out-of-distribution, row by row, [H·W].</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <exception cref="ArgumentException">The mask is not made of rows of this width.</exception>
    /// <remarks>Cost: O(H·W). Thread-safety: pure.</remarks>
    public static MaskRegions Of(ReadOnlySpan<bool> mask, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (mask.Length % width != 0)
            throw new ArgumentException($"{mask.Length} pixels are not rows of {width}.", nameof(mask));
        var regions = new int[mask.Length];
        Array.Fill(regions, -1);
        var (count, open) = (0, new Stack<int>());
        for (var pixel = 0; pixel < mask.Length; pixel++)
        {
            if (!mask[pixel] || regions[pixel] >= 0) continue;
            regions[pixel] = count;
            open.Push(pixel);
            while (open.TryPop(out var reached)) Reach(reached, mask, width, regions, open);
            count++;
        }
        return new MaskRegions(regions, count);
    }

    private static void Reach(int pixel, ReadOnlySpan<bool> mask, int width, int[] regions, Stack<int> open)
    {
        int column = pixel % width, row = pixel / width, rows = mask.Length / width;
        for (var y = Math.Max(0, row - 1); y <= Math.Min(rows - 1, row + 1); y++)
        {
            for (var x = Math.Max(0, column - 1); x <= Math.Min(width - 1, column + 1); x++)
            {
                var neighbour = y * width + x;
                if (!mask[neighbour] || regions[neighbour] >= 0) continue;
                regions[neighbour] = regions[pixel];
                open.Push(neighbour);
            }
        }
    }
}
