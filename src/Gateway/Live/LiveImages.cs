using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Live;

/// <summary>Finds the bytes of one of the newest images and gives them only if they begin as a raster format.</summary>
internal sealed class LiveImages(
    LiveRing ring, IImageStore store, IRecordReader records, GatewaySettings settings, ILogger<LiveImages> log)
{
    /// <summary>The bytes and their media type, or why they are not shown.</summary>
    public async Task<(byte[]? Bytes, string? MediaType, Refusal? Refused)> FindAsync(string imageId, CancellationToken cancellation)
    {
        if (ring.Find(imageId) is not { } result) return Refuse(NotAmongNewest(settings.LiveResults));
        if (result.Image is null) return Refuse(NotShown($"This {result.Verdict.WireName()} has no image that is shown."));
        try
        {
            var (bytes, fault) = await ReadAsync(result, cancellation);
            if (bytes is null) return Refuse(NotShown(fault!));
            return MediaTypes.Sniff(bytes) is { } mediaType
                ? (bytes, mediaType, null)
                : Refuse(NotShown("The bytes begin as no raster format, and nothing else is ever shown."));
        }
        catch (IOException e)
        {
            log.ImageNotRead(e, imageId);
            return Refuse(new(ProblemKind.ImageStoreUnavailable,
                "The bytes could not be read. Ask again after the time in Retry-After.", settings.RetryAfter));
        }
    }

    /// <summary>Says that an image id is not known here, and why that may be.</summary>
    public static Refusal NotAmongNewest(int kept) => new(ProblemKind.NotAmongNewest,
        $"The image is not, not yet or no longer among the newest {kept} results. Read the topics for older ones.");

    private async Task<(byte[]? Bytes, string? Fault)> ReadAsync(LiveResult result, CancellationToken cancellation)
    {
        if (result.DataReference is { } reference)
        {
            var read = await store.ReadAsync(reference, settings.MaxImageBytes, cancellation);
            return (read.Bytes, $"The image store gives no bytes for its claim-check: {read.Fault}.");
        }
        var record = await records.ReadAsync(result.BytesAt!.Value, cancellation);
        if (record?.Value is not { Length: > 0 } value) return (null, "The topic no longer keeps the record with its bytes.");
        return value.Length > settings.MaxImageBytes ? (null, "It has more bytes than an image may have.") : (value, null);
    }

    private static Refusal NotShown(string detail) => new(ProblemKind.ImageNotShown, detail);

    private static (byte[]?, string?, Refusal?) Refuse(Refusal refusal) => (null, null, refusal);
}
