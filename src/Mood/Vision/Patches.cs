using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Images as rows of patches.</summary>
public static class Patches
{
    /// <summary>Cuts images into patches in raster order.</summary>
    /// <param name="images">Images, shape [B, 3, S, S].</param>
    /// <param name="patch">Side p of a patch; divides S.</param>
    /// <param name="channelsFirst">Order inside a patch: channel, row, column; otherwise row, column, channel (the target of MAE).</param>
    /// <returns>Shape [B, P, 3·p·p]. The caller disposes it.</returns>
    public static Tensor Cut(Tensor images, int patch, bool channelsFirst)
    {
        using var scope = NewDisposeScope();
        var (batch, channels, side) = (images.shape[0], images.shape[1], images.shape[2]);
        var grid = side / patch;
        var cells = images.reshape(batch, channels, grid, patch, grid, patch);                // B C gy py gx px
        var ordered = channelsFirst ? cells.permute(0, 2, 4, 1, 3, 5) : cells.permute(0, 2, 4, 3, 5, 1);
        return ordered.reshape(batch, grid * grid, channels * patch * patch).MoveToOuterDisposeScope();
    }

    /// <summary>Puts patches in the order row, column, channel back together; the inverse of <see cref="Cut"/>.</summary>
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
