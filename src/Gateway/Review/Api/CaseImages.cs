using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Images;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Review.Cases;

namespace MoodStream.Gateway.Review.Api;

/// <summary>Serves the image of a case through the gateway itself, for as long as the case is kept: no link that expires.</summary>
internal sealed class CaseImages(StoredImages images)
{
    /// <summary>The image, with range and cache headers; or why it is not shown.</summary>
    public async Task<IResult> GetAsync(ReviewCase its, HttpContext context)
    {
        var (bytes, mediaType, refused) = await images.ReadAsync(
            its.Scored.ImageId, its.Scored.DataReference, RecordReading.ParsePosition(its.Scored.Position), context.RequestAborted);
        if (refused is not null) return refused.ToResult(context);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = SecurityHeaders.ImagePolicy;
        headers.ContentDisposition = "inline";
        // The bytes of an image never change; they are for this person's browser alone.
        headers.CacheControl = "private, max-age=86400, immutable";
        return TypedResults.Bytes(
            bytes!, mediaType, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{its.CaseId}\""));
    }
}
