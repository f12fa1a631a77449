namespace MoodStream.Streaming.Images;

/// <summary>Holds encoded images; a record carries a reference (claim-check) instead of the bytes.</summary>
public interface IImageStore
{
    /// <summary>Stores the bytes and gives their reference. The same bytes give the same reference.</summary>
    /// <exception cref="IOException">The store is full or unreachable.</exception>
    Task<string> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Reads the bytes behind a reference. A bad reference is an expected failure, not an exception.</summary>
    /// <exception cref="IOException">The store is unreachable.</exception>
    Task<ImageStoreRead> ReadAsync(string reference, long maxBytes, CancellationToken cancellation);

    /// <summary>As <see cref="ReadAsync"/>, for those who read many and keep none: a store may use the memory again.</summary>
    /// <returns>The bytes, or why not. The caller disposes them.</returns>
    /// <exception cref="IOException">The store is unreachable.</exception>
    async Task<RentedBytes> RentAsync(string reference, long maxBytes, CancellationToken cancellation)
    {
        var read = await ReadAsync(reference, maxBytes, cancellation);
        return new(read.Bytes, read.Bytes?.Length ?? 0, read.Fault, null);
    }
}

/// <summary>Outcome of reading the image store: the bytes, or why not.</summary>
public readonly record struct ImageStoreRead(byte[]? Bytes, ImageStoreFault? Fault);

/// <summary>Why the image store gave no bytes.</summary>
public enum ImageStoreFault
{
    /// <summary>Nothing is stored under this reference.</summary>
    NotFound,

    /// <summary>The text is not a reference of this store.</summary>
    Refused,

    /// <summary>The stored image exceeds the caller's byte limit.</summary>
    TooManyBytes,
}
