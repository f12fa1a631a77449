using System.Globalization;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>Tables of positions resized as each program does it, and the fixed tables of MAE and BEiT.</summary>
public sealed class ResizeSection : IGoldenSection
{
    private const double TableTolerance = 2e-5;
    private const double SineTolerance = 1e-6;

    /// <inheritdoc/>
    public string Name => "resize";

    /// <inheritdoc/>
    public IEnumerable<GoldenRow> Verify(string folder)
    {
        (string File, Func<string, Dictionary<string, Tensor>, (Tensor Value, double Tolerance)?> Compute)[] parts =
        [
            ("rel_pos_table", Table), ("abs_pos_embed", Positions), ("sincos_pos_embed", SineCosine), ("rel_pos_index", Index),
        ];
        return parts.SelectMany(p => VerifyFile(folder, p.File, p.Compute));
    }

    private List<GoldenRow> VerifyFile(
        string folder, string file, Func<string, Dictionary<string, Tensor>, (Tensor Value, double Tolerance)?> compute)
    {
        using var scope = NewDisposeScope();
        var rows = new List<GoldenRow>();
        try
        {
            var tensors = GoldenFiles.ReadTensors(Path.Combine(folder, file + ".safetensors"));
            foreach (var name in tensors.Keys.Where(n => !n.EndsWith(".in", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                rows.Add(Row(name, tensors));
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            rows.Add(GoldenFiles.Problem(Name, file, file, e.Message));
        }
        return rows;

        GoldenRow Row(string name, Dictionary<string, Tensor> tensors)
        {
            try
            {
                return compute(name, tensors) is { } ours
                    ? new(Name, file, name, GoldenFiles.Difference(tensors[name], ours.Value), ours.Tolerance)
                    : GoldenFiles.Problem(Name, file, name, "this build computes no such table");
            }
            catch (Exception e) when (GoldenFiles.IsProblem(e))
            {
                return GoldenFiles.Problem(Name, file, name, e.Message);
            }
        }
    }

    private static (Tensor, double)? Table(string name, Dictionary<string, Tensor> tensors)
    {
        var (stem, program) = Split(name);
        RelativeResize? how = program switch
        {
            "unilm_cubic" => RelativeResize.GeometricCubic, "timm_linear" => RelativeResize.GeometricLinear,
            "hf_bilinear" => RelativeResize.Bilinear, _ => null,
        };
        var sides = Numbers(stem, "_to_");
        return how is { } known
            ? (PositionResizing.Relative(tensors[stem + ".in"], GridSize.Square(sides[0]), GridSize.Square(sides[1]), known), TableTolerance)
            : null;
    }

    private static (Tensor, double)? Positions(string name, Dictionary<string, Tensor> tensors)
    {
        var (stem, program) = Split(name);
        AbsoluteResize? how = program switch
        {
            "timm_antialias" or "dinov2_reg_antialias" => AbsoluteResize.BicubicAntialiased,
            "bicubic_size" => AbsoluteResize.Bicubic, "dinov2_offset" => AbsoluteResize.BicubicScaleOffset, _ => null,
        };
        var sizes = stem.Split("_to_");
        return how is { } known
            ? (PositionResizing.Absolute(tensors[stem + ".in"], Grid(sizes[0]), Grid(sizes[1]), known), TableTolerance)
            : null;
    }

    private static (Tensor, double)? SineCosine(string name, Dictionary<string, Tensor> tensors)
    {
        var parts = name["dim".Length..].Split("_grid");
        return (SineCosinePositions.Create(Whole(parts[0]), GridSize.Square(Whole(parts[1])), classToken: true), SineTolerance);
    }

    private static (Tensor, double)? Index(string name, Dictionary<string, Tensor> tensors)
    {
        var parts = name.Split('_', 3);
        var grid = Grid(parts[1]);
        var index = tensor(RelativePositions.Index(grid, classToken: true), [grid.Count + 1, grid.Count + 1]);
        return (parts.ElementAtOrDefault(2)) switch
        {
            null => (index, 0), "row_sums" => (index.sum(dim: 1), 0), "column_sums" => (index.sum(dim: 0), 0),
            "first_rows" => (index.slice(0, 0, tensors[name].shape[0], 1), 0), _ => null,
        };
    }

    private static (string Stem, string Program) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
    }

    private static GridSize Grid(string text) => Numbers(text, "x") is [var height, var width] ? new(height, width)
        : throw new FormatException($"'{text}' is no grid.");

    private static int[] Numbers(string text, string between) => [.. text.Split(between).Select(Whole)];

    private static int Whole(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
