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
        return refused?.ToResult(context) ?? ImageAnswers.Immutable(bytes!, mediaType!, its.CaseId, context);
    }
}
