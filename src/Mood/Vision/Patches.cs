using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Images as rows of patches.</summary>
public static class Patches
{
    /// <summary>Cuts images into patches in raster order.</summary>
    /// <param name="images">Images, shape [B, 3, H, W].</param>
    /// <param name="patch">Side p of a patch; divides H and W.</param>
    /// <param name="channelsFirst">Order inside a patch: channel, row, column; otherwise row, column, channel (the target
    /// of MAE).</param>
    /// <returns>Shape [B, P, 3·p·p]. The caller disposes it.</returns>
    public static Tensor Cut(Tensor images, int patch, bool channelsFirst)
    {
        using var scope = NewDisposeScope();
        var (batch, channels) = (images.shape[0], images.shape[1]);
        var (rows, columns) = (images.shape[2] / patch, images.shape[3] / patch);
        var cells = images.reshape(batch, channels, rows, patch, columns, patch);             // B C gy py gx px
        var ordered = channelsFirst ? cells.permute(0, 2, 4, 1, 3, 5) : cells.permute(0, 2, 4, 3, 5, 1);
        return ordered.reshape(batch, rows * columns, channels * patch * patch).MoveToOuterDisposeScope();
    }

    /// <summary>Puts patches in the order row, column, channel back together; the inverse of <see cref="Cut"/> for a square
    /// image.</summary>
    /// <param name="patches">Shape [B, P, 3·p·p].</param>
    /// <param name="patch">Side p of a patch.</param>
    /// <returns>Images, shape [B, 3, S, S]. The caller disposes them.</returns>
    public static Tensor Join(Tensor patches, int patch)
    {
        using var scope = NewDisposeScope();
        var (batch, count) = (patches.shape[0], patches.shape[1]);
        var grid = (long)Math.Sqrt(count);
        return patches.reshape(batch, grid, grid, patch, patch, 3).permute(0, 5, 1, 3, 2, 4)
            .reshape(batch, 3, grid * patch, grid * patch).MoveToOuterDisposeScope();
    }
}
