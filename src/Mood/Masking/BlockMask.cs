namespace MoodStream.Mood.Masking;

/// <summary>Where a block mask takes its numbers from; a test may replay given ones.</summary>
public interface IMaskChance
{
    /// <summary>A uniform number in [0, 1).</summary>
    double Uniform();

    /// <summary>A whole number in 0..<paramref name="max"/>, both included.</summary>
    int Whole(int max);
}

/// <summary>Block-wise masks: rectangles of random area and aspect until enough patches are removed.</summary>
/// <param name="Height">Rows of patches.</param>
/// <param name="Width">Columns of patches.</param>
/// <param name="Target">Most patches removed.</param>
/// <param name="MinBlock">Least area drawn for a rectangle.</param>
/// <param name="MaxBlock">Most patches one rectangle adds; null: <paramref name="Target"/>.</param>
/// <remarks>
/// Source: Bao et al. 2022, "BEiT: BERT Pre-Training of Image Transformers", algorithm 1 and released code,
/// masking_generator.py. Differs: nothing. Thread-safety: pure, but for the source of chance.
/// </remarks>
public sealed record BlockMask(int Height, int Width, int Target, int MinBlock, int? MaxBlock = null)
{
    private const int Attempts = 10;
    private const double LeastAspect = 0.3;

    /// <summary>Draws one mask.</summary>
    /// <param name="chance">Source of numbers.</param>
    /// <returns>true = removed, raster order, Height·Width values; at most <see cref="Target"/> are true.</returns>
    public bool[] Draw(IMaskChance chance)
    {
        var mask = new bool[Height * Width];
        var count = 0;
        while (count < Target)
        {
            var added = Add(mask, Math.Min(Target - count, MaxBlock ?? Target), chance);
            if (added == 0) break;
            count += added;
        }
        return mask;
    }

    private int Add(bool[] mask, int allowance, IMaskChance chance)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = MinBlock + (allowance - MinBlock) * chance.Uniform();
            double low = Math.Log(LeastAspect), high = Math.Log(1 / LeastAspect);
            var aspect = Math.Exp(low + (high - low) * chance.Uniform());
            var height = (int)Math.Round(Math.Sqrt(area * aspect), MidpointRounding.ToEven);
            var width = (int)Math.Round(Math.Sqrt(area / aspect), MidpointRounding.ToEven);
            if (height >= Height || width >= Width) continue;
            var (top, left) = (chance.Whole(Height - height), chance.Whole(Width - width));
            var cells = Enumerable.Range(0, height * width).Select(i => (top + i / width) * Width + left + i % width).ToArray();
            var added = cells.Count(c => !mask[c]);
            if (added == 0 || added > allowance) continue;
            foreach (var cell in cells) mask[cell] = true;
            return added;
        }
        return 0;
    }
}
