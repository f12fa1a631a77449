namespace MoodStream.Streaming.Images;

/// <summary>The image stores of an installation: new images go where the settings say, and a reference leads to the store it names.</summary>
/// <remarks>So that an installation may move from a folder to a bucket while records still name files. Thread-safety: any thread.</remarks>
public sealed class ImageStores(ImageSettings settings, FileImageStore files, Lazy<S3ImageStore> s3) : IImageStore
{
    /// <inheritdoc/>
    public Task<string> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        settings.S3.Bucket is null ? files.PutAsync(bytes, cancellation) : s3.Value.PutAsync(bytes, cancellation);

    /// <inheritdoc/>
    public Task<ImageStoreRead> ReadAsync(string reference, long maxBytes, CancellationToken cancellation) =>
        settings.S3.InUse && reference.StartsWith(S3Address.Scheme, StringComparison.Ordinal)
            ? s3.Value.ReadAsync(reference, maxBytes, cancellation)
            : files.ReadAsync(reference, maxBytes, cancellation);

    /// <inheritdoc/>
    public Task<RentedBytes> RentAsync(string reference, long maxBytes, CancellationToken cancellation) =>
        settings.S3.InUse && reference.StartsWith(S3Address.Scheme, StringComparison.Ordinal)
            ? ((IImageStore)s3.Value).RentAsync(reference, maxBytes, cancellation)
            : files.RentAsync(reference, maxBytes, cancellation);

    /// <summary>Whether new images can be stored now.</summary>
    /// <returns>Why not; null where they can.</returns>
    public async Task<string?> ProbeAsync(CancellationToken cancellation) =>
        settings.S3.Bucket is null ? files.Probe() : await s3.Value.ProbeAsync(cancellation);
}
