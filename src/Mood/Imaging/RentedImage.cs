using System.Buffers;

namespace MoodStream.Mood.Imaging;

/// <summary>
/// Outcome of decoding into memory from a pool: an image that one preprocessing takes, or the fault. Dispose it once, and do not use it
/// afterwards. For streams: an image of a megapixel is 3 MB, which need not be new each time.
/// </summary>
public readonly struct RentedImage : IDisposable
{
    private readonly PixelBlock? _block;

    internal RentedImage(PixelBlock? block, ImageFault? fault, string? detail) => (_block, Fault, Detail) = (block, fault, detail);

    /// <summary>Why there is no image; null where there is one.</summary>
    public ImageFault? Fault { get; }

    /// <summary>What was seen, for logs and dead letters; holds no bytes of the image.</summary>
    public string? Detail { get; }

    /// <summary>Width of the image, in pixels.</summary>
    /// <exception cref="InvalidOperationException">There is no image.</exception>
    public int Width => Block.Width;

    /// <summary>Height of the image, in pixels.</summary>
    /// <exception cref="InvalidOperationException">There is no image.</exception>
    public int Height => Block.Height;

    /// <summary>
    /// Largest memory of pixels, in bytes, that is used again. More is new for each image and gone after it: the pool that all share
    /// would keep hundreds of megabytes for each thread that once had the largest image that is allowed.
    /// </summary>
    internal const int MostPooledBytes = 16 << 20;

    private const int MostKeptOfASize = 16;

    internal static ArrayPool<byte> Pool { get; } = ArrayPool<byte>.Create(MostPooledBytes, MostKeptOfASize);

    internal PixelBlock Block => _block ?? throw new InvalidOperationException($"There is no image: {Fault}.");

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _block?.Return(Pool);
}
