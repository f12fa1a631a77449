using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Likeness;

namespace MoodStream.Gateway.Review.Api;

/// <summary>The endpoints that compare cases with accepted images and with each other.</summary>
internal sealed class LikenessEndpoints(CaseStore store, NearestImages nearest, SimilarCases similar)
{
    /// <summary>Accepted images that are like a case.</summary>
    public async Task<IResult> NearestAsync(string gate, string caseId, int? count, HttpContext context) =>
        await store.ReadAsync(gate, caseId, context.RequestAborted) is { } its
            ? nearest.Get(its, count, context)
            : CaseRefusals.Of(CaseFault.NotFound).ToResult(context);

    /// <summary>Cases that are like a case.</summary>
    public async Task<IResult> SimilarAsync(string gate, string caseId, double? within, int? limit, HttpContext context)
    {
        if (await store.ReadAsync(gate, caseId, context.RequestAborted) is not { } its) return CaseRefusals.Of(CaseFault.NotFound).ToResult(context);
        var actor = ReviewPerson.Of(context.User).Actor;
        var (found, refused) = await similar.SimilarAsync(its, within, limit, actor, context.RequestAborted);
        return refused is null ? TypedResults.Ok(found) : refused.ToResult(context);
    }

    /// <summary>One page of cases, near-duplicates together.</summary>
    public async Task<IResult> GroupsAsync(string gate, CaseQuery query, double? within, HttpContext context)
    {
        var actor = ReviewPerson.Of(context.User).Actor;
        var (groups, refused) = await similar.GroupsAsync(gate, query, within, actor, context.RequestAborted);
        return refused is null ? TypedResults.Ok(groups) : refused.ToResult(context);
    }
}
