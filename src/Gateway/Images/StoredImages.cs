using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Images;

/// <summary>Finds the bytes of an image where its record says they are, and gives them only if they begin as a raster format.</summary>
internal sealed class StoredImages(
    IImageStore store, IRecordReader records, GatewaySettings settings, ILogger<StoredImages> log)
{
    /// <summary>The bytes and their media type, or why they are not shown.</summary>
    /// <param name="imageId">Image id, for the log.</param>
    /// <param name="reference">Reference in the image store; null where the bytes are in a record.</param>
    /// <param name="position">The record whose value holds the bytes otherwise; null where it is not known.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(byte[]? Bytes, string? MediaType, Refusal? Refused)> ReadAsync(
        string imageId, string? reference, RecordPosition? position, CancellationToken cancellation)
    {
        try
        {
            var (bytes, fault) = reference is not null
                ? await FromStoreAsync(reference, cancellation)
                : await FromRecordAsync(position, cancellation);
            if (bytes is null) return (null, null, NotShown(fault!));
            return MediaTypes.Sniff(bytes) is { } mediaType
                ? (bytes, mediaType, null)
                : (null, null, NotShown("The bytes begin as no raster format, and nothing else is ever shown."));
        }
        catch (IOException e)
        {
            log.ImageNotRead(e, imageId);
            return (null, null, new(ProblemKind.ImageStoreUnavailable,
                "The bytes could not be read. Ask again after the time in Retry-After.", settings.RetryAfter));
        }
    }

    /// <summary>Says why an image is not shown.</summary>
    public static Refusal NotShown(string detail) => new(ProblemKind.ImageNotShown, detail);

    private async Task<(byte[]? Bytes, string? Fault)> FromStoreAsync(string reference, CancellationToken cancellation)
    {
        var read = await store.ReadAsync(reference, settings.MaxImageBytes, cancellation);
        return (read.Bytes, $"The image store gives no bytes for its claim-check: {read.Fault}.");
    }

    private async Task<(byte[]? Bytes, string? Fault)> FromRecordAsync(RecordPosition? position, CancellationToken cancellation)
    {
        if (position is not { } place) return (null, "The result does not say where the bytes are.");
        var record = await records.ReadAsync(place, cancellation);
        if (record?.Value is not { Length: > 0 } value) return (null, "The topic no longer keeps the record with its bytes.");
        return value.Length > settings.MaxImageBytes ? (null, "It has more bytes than an image may have.") : (value, null);
    }
}
