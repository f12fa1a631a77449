using MoodStream.Mood.Vision.Convolution;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>What a caller knows better than the checkpoint; null leaves it to the checkpoint.</summary>
/// <param name="Input">Size of the input, in pixels.</param>
/// <param name="Heads">Attention heads, which weights of a ViT do not tell.</param>
/// <param name="MeanPooling">Whether features are the mean of the patches.</param>
/// <param name="Pooling">How tokens are pooled instead of as trained.</param>
public sealed record CheckpointChoices(
    GridSize? Input = null, int? Heads = null, bool? MeanPooling = null, FeaturePooling? Pooling = null);

/// <summary>Works out the encoder's configuration from tensors and settings.</summary>
internal static class CheckpointShape
{
    private const int UsualHeadWidth = 64;

    /// <summary>Configuration as trained; problems are added to those of <paramref name="tensors"/>.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="settings">The checkpoint's own configuration.</param>
    /// <param name="choices">What the caller knows better.</param>
    /// <param name="trunk">The ResNet whose map is cut into patches; null: the image is.</param>
    public static VitConfig? Infer(
        NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices, ResNetTrunkConfig? trunk = null)
    {
        int width = tensors.Side("patch_embed.proj.weight", 0), cells = tensors.Side("patch_embed.proj.weight", 3);
        var patch = (int)Math.Min((long)cells * (trunk?.Stride ?? 1), int.MaxValue);
        var depth = tensors.Depth("blocks.");
        if (width == 0 || patch == 0 || depth == 0)
        {
            tensors.Problems.Add("There is no patch embedding or no block: this is no Vision Transformer of a known family.");
            return null;
        }
        tensors.Agree("a hidden width", settings.Width, width);
        tensors.Agree("a number of blocks", settings.Depth, depth);
        tensors.Agree("a patch size", settings.Patch, cells);
        var classToken = tensors.Has("cls_token");
        if (Grid(tensors, settings, patch, classToken) is not { } grid) return null;
        var hidden = tensors.Side("blocks.0.mlp.fc2.weight", 1);
        var positionRows = tensors.Side("pos_embed", 1);
        var tables = tensors.Has("rel_pos_bias.relative_position_bias_table") ? RelativePositionBias.Shared
            : tensors.Has("blocks.0.rel_pos_bias.relative_position_bias_table") ? RelativePositionBias.PerBlock : RelativePositionBias.None;
        return new VitConfig
        {
            ImageSize = grid.Height * patch, ImageWidth = grid.Height == grid.Width ? null : grid.Width * patch,
            PatchSize = patch, Trunk = trunk, Width = width, Depth = depth,
            Heads = Heads(tensors, settings, choices, width),
            MlpWidth = hidden == 4 * width ? null : Math.Max(hidden, 1),
            GatedMlp = hidden > 0 && tensors.Side("blocks.0.mlp.fc1.weight", 0) == 2 * hidden,
            ClassToken = classToken, Registers = tensors.Side("reg_token", 1),
            ClassTokenWithoutPosition = classToken && positionRows == grid.Count,
            Positions = positionRows > 0 ? PositionEmbedding.Learned : PositionEmbedding.None,
            RelativePositions = tables, QkvBias = HasQkvBias(tensors),
            LayerScale = tensors.Has("blocks.0.gamma_1") ? 1 : null,
            Pooling = PoolingOf(tensors, settings, choices, width), LayerNormEpsilon = settings.Epsilon ?? 1e-6,
        };
    }

    public static bool HasQkvBias(NamedTensors tensors) =>
        tensors.Has("blocks.0.attn.qkv.bias") || tensors.Has("blocks.0.attn.query.bias");

    private static GridSize? Grid(NamedTensors tensors, CheckpointSettings settings, int patch, bool classToken)
    {
        var rows = tensors.Side("pos_embed", 1);
        var offsets = Math.Max(
            tensors.Side("rel_pos_bias.relative_position_bias_table", 0),
            tensors.Side("blocks.0.rel_pos_bias.relative_position_bias_table", 0)) - (classToken ? RelativePositions.ClassTokenRows : 0);
        var grid = settings.Image is { } image ? new GridSize(image.Height / patch, image.Width / patch) : Square(rows, offsets, classToken);
        if (grid is not { Height: > 0, Width: > 0 } cells || cells.Height > 4096 || cells.Width > 4096)
        {
            tensors.Problems.Add("The size of the input is not known: neither a configuration nor square positions tell it.");
            return null;
        }
        if (rows > 0 && rows != cells.Count && rows != cells.Count + (classToken ? 1 : 0))
            tensors.Problems.Add($"The input is a grid of {cells} patches, yet '{tensors.Theirs("pos_embed")}' has {rows} rows.");
        if (offsets > 0 && offsets != RelativePositions.Offsets(cells))
            tensors.Problems.Add($"The input is a grid of {cells} patches, yet a relative position table has {offsets} offsets.");
        return cells;
    }

    private static GridSize? Square(int rows, int offsets, bool classToken)
    {
        foreach (var cells in (int[])[rows - (classToken ? 1 : 0), rows])
            if (Root(cells) is { } side)
                return GridSize.Square(side);
        return Root(offsets) is { } span && span % 2 == 1 ? GridSize.Square((span + 1) / 2) : null;
    }

    private static int? Root(int square)
    {
        var root = (int)Math.Round(Math.Sqrt(Math.Max(square, 0)));
        return root > 0 && root * root == square ? root : null;
    }

    private static int Heads(NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices, int width)
    {
        var columns = Math.Max(
            tensors.Side("rel_pos_bias.relative_position_bias_table", 1),
            tensors.Side("blocks.0.rel_pos_bias.relative_position_bias_table", 1));
        if (columns > 0 && settings.Heads is { } said && said != columns)
            tensors.Problems.Add($"config.json says {said} heads, the relative position table has {columns}.");
        return columns > 0 ? columns : choices.Heads ?? settings.Heads ?? Published(width);
    }

    /// <summary>Heads of the published sizes: 16 for ViT-H (1280) and ViT-g (1408), otherwise 64 values each.</summary>
    private static int Published(int width) => width is 1280 or 1408 ? 16 : Math.Max(1, width / UsualHeadWidth);

    private static Pooling PoolingOf(NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices, int width)
    {
        if (tensors.Has("fc_norm.weight") || choices.MeanPooling == true) return Pooling.NormedMeanOfPatches;
        if (choices.MeanPooling == false) return Pooling.ClassToken;
        if (tensors.Side("head.weight", 1) == 2 * width) return Pooling.ClassTokenAndMeanOfNormedPatches;
        if (tensors.Has("lm_head.weight") || !tensors.Has("norm.weight")) return Pooling.NormedMeanOfPatches;
        return !tensors.Has("cls_token") || (settings.Architecture is not null && settings.MeanPooling == true)
            ? Pooling.MeanOfNormedPatches
            : Pooling.ClassToken;
    }
}
