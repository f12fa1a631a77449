using System.Globalization;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Localisation;

/// <summary>Patch statistics as tensors and text of a statistics file.</summary>
internal static class StoredPatches
{
    /// <summary>What the names of all tensors begin with.</summary>
    public const string Prefix = "patches.";

    /// <summary>Name of the kind in the header: a file without it has no patch statistics.</summary>
    public const string KindText = "patch_gaussian";

    private const string GridText = "patch_grid";
    private const string Means = Prefix + "means";
    private const string Factors = Prefix + "cholesky";
    private const string Scale = Prefix + "scale";
    private const string Counts = Prefix + "counts";

    /// <summary>The tensors: borrowed, or owned by the caller's scope.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Tensors(PatchStatistics patches) =>
    [
        (Means, patches.Gaussian.Means),
        (Factors, patches.Gaussian.Factors),
        (Scale, tensor([patches.Scale.Low, patches.Scale.High, patches.Gaussian.ShrinkageIntensity],
            ScalarType.Float64)),
        (Counts, tensor([patches.FitCount, (double)patches.CalibrationCount], ScalarType.Float64)),
    ];

    /// <summary>The text.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Text(PatchStatistics patches) =>
    [
        new(KindText, patches.Gaussian.Kind.Name()),
        new(GridText, $"{patches.Gaussian.Grid.Rows}x{patches.Gaussian.Grid.Columns}"),
    ];

    /// <summary>Patch statistics from a file, with distrust.</summary>
    /// <param name="state">The tensors whose names begin with <see cref="Prefix"/>.</param>
    /// <param name="text">The text of a name.</param>
    /// <exception cref="FormatException">A text is not what it should be, or a tensor is missing or
    /// unknown.</exception>
    /// <exception cref="StatisticsException">A tensor is not what it should be.</exception>
    public static PatchStatistics Restore(IReadOnlyDictionary<string, Tensor> state, Func<string, string> text)
    {
        using var scope = NewDisposeScope();
        if (!PatchGaussianKinds.TryParse(text(KindText), out var kind))
            throw new FormatException($"'{KindText}' is '{text(KindText)}', which is no kind of patch Gaussian.");
        var grid = GridOf(text(GridText));
        string[] names = [Means, Factors, Scale, Counts];
        if (state.Count != names.Length || names.FirstOrDefault(n => !state.ContainsKey(n)) is not null)
            throw new FormatException($"the patch statistics are not {string.Join(", ", names)}.");
        var (scale, counts) = (Numbers(state[Scale], Scale, 3), Numbers(state[Counts], Counts, 2));
        if (!(scale[0] < scale[1]) || scale[2] is < 0 or > 1
            || counts.Any(c => c < 1 || c > int.MaxValue || c != Math.Floor(c)))
            throw new StatisticsException(StatisticsFault.Inconsistent,
                $"'{Scale}' or '{Counts}' holds impossible values.");
        RequireGaussian(kind.Value, grid, state[Means], state[Factors]);
        var gaussian = new PatchGaussian(kind.Value, grid, state[Means].clone(), state[Factors].clone(), scale[2]);
        return new PatchStatistics(gaussian, new HeatMapScale(scale[0], scale[1]), (int)counts[0], (int)counts[1]);
    }

    private static void RequireGaussian(PatchGaussianKind kind, PatchGrid grid, Tensor means, Tensor factors)
    {
        StoredTensor.RequireAxes(means, Means, 2);
        var dimension = means.shape[1];
        StoredTensor.Require(means, Means, kind == PatchGaussianKind.Pooled ? 1 : grid.Count, dimension);
        StoredTensor.Require(factors, Factors, kind == PatchGaussianKind.PerPosition ? grid.Count
            : 1, dimension, dimension);
        using var scope = NewDisposeScope();
        if (!factors.eq(factors.tril()).all().item<bool>() || !factors.diagonal(0, 1, 2).gt(0).all().item<bool>())
            throw new StatisticsException(
                StatisticsFault.Inconsistent, $"'{Factors}' is not lower triangular with a positive diagonal.");
    }

    private static double[] Numbers(Tensor stored, string name, int count)
    {
        StoredTensor.Require(stored, name, count);
        return stored.data<double>().ToArray();
    }

    private static PatchGrid GridOf(string text)
    {
        var sides = text.Split('x').Select(
            s => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .ToArray();
        return sides.Length == 2 && sides.All(s => s is > 0 and <= 4096)
            ? new PatchGrid(sides[0], sides[1])
            : throw new FormatException($"'{GridText}' is not of the form ROWSxCOLUMNS.");
    }
}
