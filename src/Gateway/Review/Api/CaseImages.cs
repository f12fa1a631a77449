using MoodStream.Gateway.Http;
using MoodStream.Gateway.Images;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Api;

/// <summary>Serves the image of a case, and its heat map, through the gateway itself, for as long as the case is kept: no link that expires.</summary>
internal sealed class CaseImages(StoredImages images, ReviewSettings settings)
{
    /// <summary>The image, with range and cache headers; or why it is not shown.</summary>
    public async Task<IResult> GetAsync(ReviewCase its, HttpContext context)
    {
        var (bytes, mediaType, refused) = await images.ReadAsync(
            its.Scored.ImageId, its.Scored.DataReference, RecordReading.ParsePosition(its.Scored.Position), context.RequestAborted);
        return refused?.ToResult(context) ?? ImageAnswers.Immutable(bytes!, mediaType!, its.CaseId, context);
    }

    /// <summary>The heat map, a PNG to lay over the image; or why there is none.</summary>
    public async Task<IResult> GetHeatMapAsync(ReviewCase its, HttpContext context)
    {
        if (CaseView.HidesScore(its, settings))
            return new Refusal(ProblemKind.NoHeatMap, "This gate keeps back what it measured until the case is decided.").ToResult(context);
        if (its.Scored.HeatMapReference is not { } reference)
            return new Refusal(ProblemKind.NoHeatMap,
                "The statistics that judged the image hold no patches. Fit the gate with mood fit --patches.").ToResult(context);
        var (bytes, mediaType, refused) = await images.ReadAsync(its.Scored.ImageId, reference, null, context.RequestAborted);
        if (refused is not null) return refused.ToResult(context);
        return mediaType == MediaTypes.Png
            ? ImageAnswers.Immutable(bytes!, MediaTypes.Png, $"{its.CaseId}h", context)
            : StoredImages.NotShown("The stored heat map is no PNG.").ToResult(context);
    }
}
