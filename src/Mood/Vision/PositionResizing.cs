using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>How learned absolute positions follow another grid: the algorithm of the program a checkpoint comes from.</summary>
public enum AbsoluteResize
{
    /// <summary>Bicubic on four neighbours (MAE, BEiT, transformers since 4.45).</summary>
    Bicubic,

    /// <summary>Bicubic, antialiased (timm; DINOv2 with registers).</summary>
    BicubicAntialiased,

    /// <summary>Bicubic on four neighbours by a scale factor with 0.1 cells added (DINOv2; transformers before 4.45).</summary>
    BicubicScaleOffset,
}

/// <summary>How a relative position table follows another grid.</summary>
public enum RelativeResize
{
    /// <summary>Cubic spline on geometric coordinates (BEiT, MOOD).</summary>
    GeometricCubic,

    /// <summary>Linear on geometric coordinates (timm).</summary>
    GeometricLinear,

    /// <summary>Bilinear on the table itself (transformers).</summary>
    Bilinear,
}

/// <summary>Brings learned positions to another grid of patches.</summary>
/// <remarks>
/// The published programs disagree by whole units here, so each checkpoint is resized as its own program does it.
/// Checked against: timm 0.9.16, facebookresearch/dinov2 e1277af, microsoft/unilm 768a3c8 with scipy 1.10,
/// transformers 4.48; tolerance 2e-5. Computed in float64. Thread-safety: pure.
/// </remarks>
public static class PositionResizing
{
    /// <summary>What DINOv2 adds to the target side before it divides by the source side.</summary>
    private const double ScaleOffset = 0.1;

    /// <summary>Resizes absolute positions.</summary>
    /// <param name="positions">Positions, shape [1, prefix + P, D].</param>
    /// <param name="from">Grid of P patches they were trained on.</param>
    /// <param name="to">Grid wanted.</param>
    /// <param name="how">Algorithm.</param>
    /// <returns>Shape [1, prefix + P', D], the prefix unchanged, float32. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The positions are of another grid.</exception>
    public static Tensor Absolute(Tensor positions, GridSize from, GridSize to, AbsoluteResize how)
    {
        using var scope = NewDisposeScope();
        var (rows, width) = (positions.shape[1], positions.shape[2]);
        var prefix = rows - from.Count;
        if (prefix < 0) throw new ArgumentException($"{rows} rows are fewer than a grid of {from} has.", nameof(positions));
        if (from == to) return positions.to(ScalarType.Float32).clone().MoveToOuterDisposeScope();
        var source = positions.slice(1, prefix, rows, 1).reshape(from.Height, from.Width, width);
        var resized = Separable(source, Weights(from.Height, to.Height, how), Weights(from.Width, to.Width, how));
        var flat = resized.reshape(1, to.Count, width).to(ScalarType.Float32);
        return cat([positions.slice(1, 0, prefix, 1).to(ScalarType.Float32), flat], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Resizes a relative position table; the rows of the class token stay as they are.</summary>
    /// <param name="table">Table, shape [(2·h−1)·(2·w−1) + 3 or 0, heads].</param>
    /// <param name="from">Grid h x w it was trained on.</param>
    /// <param name="to">Grid wanted.</param>
    /// <param name="how">Algorithm.</param>
    /// <returns>Table for the grid wanted, float32. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The table is of another grid.</exception>
    public static Tensor Relative(Tensor table, GridSize from, GridSize to, RelativeResize how)
    {
        using var scope = NewDisposeScope();
        var (offsets, heads) = (RelativePositions.Offsets(from), table.shape[1]);
        if (table.shape[0] < offsets)
            throw new ArgumentException($"{table.shape[0]} rows are fewer than a grid of {from} has.", nameof(table));
        if (from == to) return table.to(ScalarType.Float32).clone().MoveToOuterDisposeScope();
        GridSize source = new(2 * from.Height - 1, 2 * from.Width - 1), target = new(2 * to.Height - 1, 2 * to.Width - 1);
        var resized = Separable(
            table.slice(0, 0, offsets, 1).reshape(source.Height, source.Width, heads),
            Weights(source.Height, target.Height, how), Weights(source.Width, target.Width, how));
        var flat = resized.reshape(target.Count, heads).to(ScalarType.Float32);
        var classToken = table.slice(0, offsets, table.shape[0], 1).to(ScalarType.Float32);
        return cat([flat, classToken], 0).MoveToOuterDisposeScope();
    }

    private static double[,] Weights(int source, int target, AbsoluteResize how) => how switch
    {
        AbsoluteResize.Bicubic => AxisWeights.Bicubic(source, target),
        AbsoluteResize.BicubicAntialiased => AxisWeights.BicubicAntialiased(source, target),
        _ => AxisWeights.Bicubic(source, target, source / (target + ScaleOffset)),
    };

    private static double[,] Weights(int source, int target, RelativeResize how) => how switch
    {
        RelativeResize.GeometricCubic => GeometricAxis.Cubic(source, target),
        RelativeResize.GeometricLinear => GeometricAxis.Linear(source, target),
        _ => AxisWeights.Bilinear(source, target),
    };

    private static Tensor Separable(Tensor cells, double[,] down, double[,] across) =>
        einsum("ya,xb,abd->yxd", AsTensor(down), AsTensor(across), cells.detach().cpu().to(ScalarType.Float64));

    private static Tensor AsTensor(double[,] weights) =>
        tensor(weights.Cast<double>().ToArray(), [weights.GetLength(0), weights.GetLength(1)]);
}
