using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Images;

/// <summary>Answers with the bytes of an image of unknown origin: shown, never run.</summary>
internal static class ImageAnswers
{
    /// <summary>Bytes that never change, for this person's browser alone; ranges are understood.</summary>
    /// <param name="bytes">The image.</param>
    /// <param name="mediaType">Its media type, told by the bytes.</param>
    /// <param name="tag">What names the bytes: letters and digits.</param>
    /// <param name="context">The request.</param>
    public static IResult Immutable(byte[] bytes, string mediaType, string tag, HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = SecurityHeaders.ImagePolicy;
        headers.ContentDisposition = "inline";
        headers.CacheControl = "private, max-age=86400, immutable";
        return TypedResults.Bytes(bytes, mediaType, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }
}
