using MoodStream.Contracts;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Images;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Features;

namespace MoodStream.Gateway.Review.Likeness;

/// <summary>An accepted image that is like a case.</summary>
/// <param name="ImageId">Image id.</param>
/// <param name="Source">Source id.</param>
/// <param name="ReceivedAt">When it was put in, UTC.</param>
/// <param name="Score">OOD score.</param>
/// <param name="Similarity">Cosine of the angle between the features, in [−1, 1]; 1 is the same direction.</param>
/// <param name="Image">Where its bytes are.</param>
internal sealed record NearestImage(string ImageId, string Source, DateTimeOffset ReceivedAt, double? Score, double Similarity, string Image);

/// <summary>The accepted images that are most like a case.</summary>
/// <param name="Considered">How many accepted images were compared; 0 where this gateway has seen none since it started.</param>
/// <param name="Images">The most alike first.</param>
internal sealed record NearestToCase(int Considered, IReadOnlyList<NearestImage> Images);

/// <summary>Finds accepted images that are like a case, and serves their bytes.</summary>
internal sealed class NearestImages(AcceptedImages accepted, StoredImages images)
{
    private const int MostAsked = 24, UnlessAsked = 6;

    /// <summary>The accepted images that are most like a case.</summary>
    public IResult Get(ReviewCase its, int? count, HttpContext context)
    {
        if (count is < 1 or > MostAsked)
            return Refusal.OfQuery($"count is from 1 to {MostAsked}").ToResult(context);
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Ok(Of(its.Scored, count ?? UnlessAsked));
    }

    /// <summary>The bytes of an accepted image, with range and cache headers; or why it is not shown.</summary>
    public async Task<IResult> GetImageAsync(string gate, string imageId, HttpContext context)
    {
        if (accepted.Find(gate, Routes.Unescape(imageId)) is not { } its)
            return StoredImages.NotShown("The image is not, or no longer, among the newest accepted ones that this gateway keeps.").ToResult(context);
        var (bytes, mediaType, refused) = await images.ReadAsync(its.ImageId, its.DataReference, its.BytesAt, context.RequestAborted);
        return refused?.ToResult(context) ?? ImageAnswers.Immutable(bytes!, mediaType!, CaseMachine.IdOf(gate, its.ImageId), context);
    }

    private NearestToCase Of(ImageScored scored, int count)
    {
        if (UnitFeature.Of(scored.Feature) is not { } feature) return new(0, []);
        // The case's own image may have been accepted, and drawn for audit: that is nobody's to know before the decision.
        var compared = accepted.Of(scored.Gate, new(scored.ModelHash, scored.PreprocessingHash, feature.Length), scored.ImageId);
        return new(compared.Count,
        [
            .. compared.Select(image => (Image: image, Similarity: UnitFeature.Cosine(feature, image.Feature)))
                .OrderByDescending(found => found.Similarity).Take(count)
                .Select(found => new NearestImage(
                    found.Image.ImageId, found.Image.Source, found.Image.ReceivedAt, found.Image.Score, Math.Round(found.Similarity, 4),
                    Routes.ReviewAcceptedOf(scored.Gate, found.Image.ImageId))),
        ]);
    }
}
