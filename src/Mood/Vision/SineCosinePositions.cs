using TorchSharp;

namespace MoodStream.Mood.Vision;

/// <summary>Fixed two-dimensional sine and cosine positions.</summary>
public static class SineCosinePositions
{
    private const double BaseWavelength = 10_000;

    /// <summary>Positions of a grid: the first half of the channels encodes the column, the second the row.</summary>
    /// <param name="width">Token width D, a multiple of 4.</param>
    /// <param name="grid">Rows and columns of patches.</param>
    /// <param name="classToken">Whether a row of zeros for the class token goes first.</param>
    /// <param name="trainedGrid">Side of the square grid the encoder was trained on: its range of positions is spread over
    /// this one; null for the grid itself.</param>
    /// <returns>Positions, shape [1, P (+1), D], float32. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The width is no multiple of 4.</exception>
    /// <remarks>
    /// Source: He et al. 2022, "Masked Autoencoders Are Scalable Vision Learners", released code, util/pos_embed.py.
    /// Differs: places between those trained on are computed, not interpolated.
    /// </remarks>
    public static torch.Tensor Create(int width, GridSize grid, bool classToken, int? trainedGrid = null)
    {
        if (width <= 0 || width % 4 != 0)
            throw new ArgumentException($"The width is {width}; it is a positive multiple of 4.", nameof(width));
        var prefix = classToken ? 1 : 0;
        var values = new float[(prefix + grid.Count) * width];
        for (var row = 0; row < grid.Height; row++)
        {
            for (var column = 0; column < grid.Width; column++)
            {
                var token = values.AsSpan((prefix + row * grid.Width + column) * width, width);
                Fill(token[..(width / 2)], Place(column, grid.Width));
                Fill(token[(width / 2)..], Place(row, grid.Height));
            }
        }
        return torch.tensor(values, [1, prefix + grid.Count, width]);

        // Pixel centres coincide, as when an image is resized; on the trained grid this is the index itself.
        double Place(int index, int side) =>
            trainedGrid is { } trained && trained != side ? (index + 0.5) * trained / side - 0.5 : index;
    }

    private static void Fill(Span<float> channels, double position)
    {
        var frequencies = channels.Length / 2;
        for (var k = 0; k < frequencies; k++)
        {
            var angle = position * Math.Pow(BaseWavelength, -(double)k / frequencies);
            channels[k] = (float)Math.Sin(angle);
            channels[frequencies + k] = (float)Math.Cos(angle);
        }
    }
}
