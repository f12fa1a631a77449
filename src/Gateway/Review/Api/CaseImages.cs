using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Review.Api;

/// <summary>Serves the image of a case through the gateway itself, for as long as the case is kept: no link that expires.</summary>
internal sealed class CaseImages(IImageStore store, IRecordReader records, GatewaySettings settings)
{
    /// <summary>The image, with range and cache headers; or why it is not shown.</summary>
    public async Task<IResult> GetAsync(ReviewCase its, HttpContext context)
    {
        var (bytes, refused) = await ReadAsync(its, context.RequestAborted);
        if (refused is not null) return refused.ToResult(context);
        if (MediaTypes.Sniff(bytes!) is not { } mediaType)
            return NotShown("The bytes begin as no raster format, and nothing else is ever shown.").ToResult(context);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = SecurityHeaders.ImagePolicy;
        headers.ContentDisposition = "inline";
        // The bytes of an image never change; they are for this person's browser alone.
        headers.CacheControl = "private, max-age=86400, immutable";
        return TypedResults.Bytes(
            bytes!, mediaType, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{its.CaseId}\""));
    }

    private async Task<(byte[]? Bytes, Refusal? Refused)> ReadAsync(ReviewCase its, CancellationToken cancellation)
    {
        try
        {
            if (its.Scored.DataReference is { } reference)
            {
                var read = await store.ReadAsync(reference, settings.MaxImageBytes, cancellation);
                return read.Bytes is { } found ? (found, null) : (null, NotShown($"The image store gives no bytes: {read.Fault}."));
            }
            if (RecordReading.ParsePosition(its.Scored.Position) is not { } position)
                return (null, NotShown("The result does not say where the bytes are."));
            var record = await records.ReadAsync(position, cancellation);
            if (record?.Value is not { Length: > 0 } value) return (null, NotShown("The topic no longer keeps the record with its bytes."));
            return value.Length <= settings.MaxImageBytes ? (value, null) : (null, NotShown("It has more bytes than an image may have."));
        }
        catch (IOException)
        {
            return (null, new(ProblemKind.ImageStoreUnavailable,
                "The bytes could not be read. Ask again after the time in Retry-After.", settings.RetryAfter));
        }
    }

    private static Refusal NotShown(string detail) => new(ProblemKind.ImageNotShown, detail);
}
