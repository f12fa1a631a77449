using static TorchSharp.torch;

namespace MoodStream.Mood.Masking;

/// <summary>A uniformly random choice of patches to keep, for each image of a batch.</summary>
/// <param name="Keep">Patches kept, in the order of their noise, shape [B, P'], int64.</param>
/// <param name="Restore">Place of every patch in the shuffled order, shape [B, P], int64.</param>
/// <param name="Mask">1 = removed, 0 = kept, raster order, shape [B, P], float32.</param>
/// <remarks>Source: He et al. 2022, released code, models_mae.py random_masking. Differs: nothing.</remarks>
public sealed record RandomMask(Tensor Keep, Tensor Restore, Tensor Mask) : IDisposable
{
    /// <summary>Keeps the patches of least noise.</summary>
    /// <param name="noise">Noise, shape [B, P]; ties are broken by place.</param>
    /// <param name="maskRatio">Share of patches removed, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The ratio leaves no patch, or removes none.</exception>
    public static RandomMask FromNoise(Tensor noise, double maskRatio)
    {
        var patches = noise.shape[1];
        var kept = (long)(patches * (1 - maskRatio));
        if (kept <= 0 || kept >= patches)
            throw new ArgumentOutOfRangeException(nameof(maskRatio), maskRatio, $"It keeps {kept} of {patches} patches.");
        using var scope = NewDisposeScope();
        var shuffle = noise.argsort(1, descending: false);                                        // [B, P]
        var restore = shuffle.argsort(1, descending: false);
        var mask = restore.ge(kept).to_type(ScalarType.Float32);
        var keep = shuffle.slice(1, 0, kept, 1).contiguous();
        return new(keep.MoveToOuterDisposeScope(), restore.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Keep.Dispose();
        Restore.Dispose();
        Mask.Dispose();
    }
}
