using System.Buffers;

namespace MoodStream.Streaming.Images;

/// <summary>Bytes of an image in memory that may come from a pool, or why there are none. Dispose it once, and do not use it afterwards.</summary>
/// <param name="array">The bytes, and what of no meaning lies behind them; null where there are none.</param>
/// <param name="length">How many bytes they are.</param>
/// <param name="fault">Why there are none.</param>
/// <param name="pool">Where the array goes back to; null where it is nobody else's.</param>
public readonly struct RentedBytes(byte[]? array, int length, ImageStoreFault? fault, ArrayPool<byte>? pool) : IDisposable
{
    /// <summary>The bytes; empty where there are none.</summary>
    public ReadOnlyMemory<byte> Memory => array.AsMemory(0, length);

    /// <summary>Why there are none; null where there are.</summary>
    public ImageStoreFault? Fault => fault;

    /// <summary>The bytes as an array of their own length.</summary>
    internal ImageStoreRead ToRead() => new(array is null || array.Length == length ? array : array[..length], fault);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (array is not null) pool?.Return(array);
    }
}
