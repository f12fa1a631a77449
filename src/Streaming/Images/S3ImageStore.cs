using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Images;

/// <summary>Keeps images as objects of one bucket, each named by the SHA-256 of its content, and reads those of the allowed buckets.</summary>
/// <remarks>
/// A reference is <c>s3://bucket/key</c>; whatever leads to a bucket that is not listed is refused before anything is asked. The same
/// bytes are stored once. Done means: the store has answered. Thread-safety: any thread and process.
/// </remarks>
public sealed class S3ImageStore : IImageStore, IDisposable
{
    private readonly ImageSettings _settings;
    private readonly StreamingMetrics _metrics;
    private readonly ILogger _log;
    private readonly AmazonS3Client _s3;
    private readonly HashSet<string> _readable;

    /// <summary>Opens the store; nothing is asked of it yet.</summary>
    public S3ImageStore(ImageSettings settings, StreamingMetrics metrics, ILogger<S3ImageStore> log)
    {
        (_settings, _metrics, _log) = (settings, metrics, log);
        _s3 = S3Clients.Create(settings.S3.Endpoint, settings.S3.Region);
        _readable = [.. settings.S3.ReadBuckets, .. settings.S3.Bucket is { } own ? [own] : Array.Empty<string>()];
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The image exceeds the store's limit, or the bucket cannot be written.</exception>
    public async Task<string> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.Length > _settings.MaxBytes)
            throw new IOException($"An image of {bytes.Length} bytes exceeds {ImageSettings.Section}:{nameof(ImageSettings.MaxBytes)}, {_settings.MaxBytes}.");
        var bucket = _settings.S3.Bucket ?? throw new InvalidOperationException("No bucket to write to.");
        var place = new S3Address(bucket, $"{_settings.S3.Prefix}{ImageReference.Of(bytes.Span)}");
        var stored = await AskAsync(place, () => IsStoredAsync(place, bytes.Length, cancellation));
        if (!stored) await AskAsync(place, () => WriteAsync(place, bytes, cancellation));
        _metrics.ImageBytes.WithLabels(stored ? "repeated" : "written").Inc(bytes.Length);
        return place.ToString();
    }

    /// <inheritdoc/>
    public async Task<ImageStoreRead> ReadAsync(string reference, long maxBytes, CancellationToken cancellation)
    {
        if (!S3Address.TryParse(reference, out var place) || place.Key.Length == 0 || !_readable.Contains(place.Bucket))
            return new(null, ImageStoreFault.Refused);
        return await AskAsync(place, () => ReadAsync(place, maxBytes, cancellation));
    }

    /// <summary>Whether the bucket that images are kept in answers.</summary>
    /// <returns>Why not; null where it does, or where none is kept there.</returns>
    public async Task<string?> ProbeAsync(CancellationToken cancellation)
    {
        if (_settings.S3.Bucket is not { } bucket) return null;
        try
        {
            await _s3.ListObjectsV2Async(new() { BucketName = bucket, MaxKeys = 1 }, cancellation);
            return null;
        }
        catch (Exception e) when (IsOutage(e))
        {
            return $"Bucket {bucket} cannot be read: {e.Message}";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _s3.Dispose();

    private async Task<bool> IsStoredAsync(S3Address place, long length, CancellationToken cancellation)
    {
        try
        {
            var found = await _s3.GetObjectMetadataAsync(place.Bucket, place.Key, cancellation);
            return found.ContentLength == length;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task<bool> WriteAsync(S3Address place, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        await _s3.PutObjectAsync(
            new() { BucketName = place.Bucket, Key = place.Key, InputStream = content, UseChunkEncoding = false }, cancellation);
        return true;
    }

    private async Task<ImageStoreRead> ReadAsync(S3Address place, long maxBytes, CancellationToken cancellation)
    {
        try
        {
            using var found = await _s3.GetObjectAsync(place.Bucket, place.Key, cancellation);
            if (found.ContentLength > maxBytes) return new(null, ImageStoreFault.TooManyBytes);
            var bytes = new byte[found.ContentLength];
            await found.ResponseStream.ReadExactlyAsync(bytes, cancellation);
            return Checked(place, bytes);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return new(null, ImageStoreFault.NotFound);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.Forbidden && place.Bucket != _settings.S3.Bucket)
        {
            // One object of a producer that we may not read is that producer's fault; the own bucket is an operator's.
            return new(null, ImageStoreFault.Refused);
        }
    }

    private ImageStoreRead Checked(S3Address place, byte[] bytes)
    {
        var own = place.Bucket == _settings.S3.Bucket && place.Key.StartsWith(_settings.S3.Prefix, StringComparison.Ordinal)
            && ImageReference.TryParse(place.Key[_settings.S3.Prefix.Length..], out var reference)
            ? reference.Hash
            : null;
        if (own is not null && Convert.ToHexStringLower(SHA256.HashData(bytes)) != own)
        {
            _log.ImageCorrupt(place.ToString());
            return new(null, ImageStoreFault.NotFound);
        }
        _metrics.ImageBytes.WithLabels("read").Inc(bytes.Length);
        return new(bytes, null);
    }

    private static async Task<T> AskAsync<T>(S3Address place, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (IsOutage(e))
        {
            throw new IOException($"The image store failed at {place}: {e.Message}", e);
        }
    }

    private static bool IsOutage(Exception e) => e is AmazonServiceException or AmazonClientException or HttpRequestException or EndOfStreamException;
}
