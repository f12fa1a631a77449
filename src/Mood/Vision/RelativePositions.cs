using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Relative position bias: for every pair of tokens a learned number per head, by how far apart they lie.</summary>
/// <remarks>
/// Source: Bao et al. 2022, "BEiT: BERT Pre-Training of Image Transformers", §2.1 and released code.
/// Rows of the table: (2·rows−1)·(2·columns−1) offsets, then, with a class token, class→patch, patch→class, class→class.
/// </remarks>
internal sealed class RelativePositions : nn.Module
{
    [ComponentName(Name = "relative_position_bias_table")]
    private readonly Parameter _table;
    private readonly long[] _index;
    private readonly int _tokens;

    /// <summary>Rows of a table that belong to the class token: class→patch, patch→class, class→class.</summary>
    public const int ClassTokenRows = 3;

    public RelativePositions(GridSize grid, int heads, bool classToken) : base(nameof(RelativePositions))
    {
        _tokens = grid.Count + (classToken ? 1 : 0);
        _index = Index(grid, classToken);
        _table = new Parameter(zeros(Offsets(grid) + (classToken ? ClassTokenRows : 0), heads));
        RegisterComponents();
    }

    /// <summary>Bias added to the attention logits, shape [1, heads, T, T].</summary>
    public Tensor Bias()
    {
        using var scope = NewDisposeScope();
        var index = tensor(_index, device: _table.device);                                  // [T·T]
        var bias = _table.index_select(0, index).reshape(_tokens, _tokens, -1);             // [T, T, heads]
        return bias.permute(2, 0, 1).unsqueeze(0).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Table row of query i and key j, row-major, tokens in the order class token, patches in raster order.</summary>
    public static long[] Index(GridSize grid, bool classToken)
    {
        int prefix = classToken ? 1 : 0, tokens = prefix + grid.Count, span = 2 * grid.Width - 1;
        var index = new long[tokens * tokens];
        for (var i = 0; i < grid.Count; i++)
        {
            for (var j = 0; j < grid.Count; j++)
            {
                var rows = i / grid.Width - j / grid.Width + grid.Height - 1;
                var columns = i % grid.Width - j % grid.Width + grid.Width - 1;
                index[(prefix + i) * tokens + prefix + j] = rows * span + columns;
            }
        }
        if (!classToken) return index;
        var offsets = Offsets(grid);
        for (var t = 1; t < tokens; t++) (index[t], index[t * tokens]) = (offsets, offsets + 1);
        index[0] = offsets + 2;
        return index;
    }

    /// <summary>How many offsets two patches of a grid can have.</summary>
    public static int Offsets(GridSize grid) => (2 * grid.Height - 1) * (2 * grid.Width - 1);
}
