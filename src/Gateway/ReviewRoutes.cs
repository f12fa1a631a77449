using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Api;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Likeness;
using MoodStream.Gateway.Review.Scores;

namespace MoodStream.Gateway;

/// <summary>Maps and describes every route under <c>/v1/review</c>.</summary>
internal static class ReviewRoutes
{
    /// <summary>The review API.</summary>
    public static void MapReviewApi(this IEndpointRouteBuilder app)
    {
        app.MapLooking();
        app.MapComparing();
        app.MapClaiming();
        app.MapDeciding();
        app.MapLeading();
    }

    private static void MapLooking(this IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.ReviewGates, (HttpContext context, ReviewEndpoints review) => review.GatesAsync(context))
            .Describe("ListReviewGates", "Gates with how many cases wait, and who asks.", ReviewPolicies.Look).Produces<GateQueues>();
        app.MapGet(Routes.ReviewCases, (string gate, [AsParameters] CaseQuery query, HttpContext context, ReviewEndpoints review) =>
                review.ListAsync(gate, query, context))
            .Describe("ListReviewCases", "Cases of a gate, page by page; a page may be short and still have a next one.",
                ReviewPolicies.Look, ProblemKind.InvalidQuery)
            .Produces<CasePage>();
        app.MapGet(Routes.ReviewOneCase, (string gate, string caseId, HttpContext context, ReviewEndpoints review) =>
                review.CaseAsync(gate, caseId, context))
            .Describe("ReadReviewCase", "One case; the ETag is its version.", ReviewPolicies.Look, ProblemKind.CaseNotFound)
            .Produces<CaseView>().Produces(StatusCodes.Status304NotModified);
        app.MapGet(Routes.ReviewImage, (string gate, string caseId, HttpContext context, ReviewEndpoints review) =>
                review.ImageAsync(gate, caseId, context))
            .Describe("ReadReviewImage", "The image of a case, for as long as the case is kept; ranges are understood.",
                ReviewPolicies.Look, ProblemKind.CaseNotFound, ProblemKind.ImageNotShown, ProblemKind.ImageStoreUnavailable)
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Jpeg, [.. MediaTypes.Raster.Skip(1)]);
        app.MapGet(Routes.ReviewHeatMap, (string gate, string caseId, HttpContext context, ReviewEndpoints review) =>
                review.HeatMapAsync(gate, caseId, context))
            .Describe("ReadReviewHeatMap", "Where the image of a case is unusual: a picture of its shape, to be laid over it.",
                ReviewPolicies.Look, ProblemKind.CaseNotFound, ProblemKind.NoHeatMap, ProblemKind.ImageNotShown, ProblemKind.ImageStoreUnavailable)
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Png);
        app.MapGet(Routes.ReviewEvents, (string gate, HttpContext context, ReviewEndpoints review) => review.Events(gate, context))
            .Describe("FollowReviewCases", "Server-sent events: hello, then case for every change at this gateway.", ReviewPolicies.Look)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static void MapComparing(this IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.ReviewScores, (string gate, long? version, HttpContext context, ScoreDistributions scores) =>
                scores.GetAsync(gate, version, context))
            .Describe("ReadScoreDistribution",
                "Histogram of the scores of the in-distribution images that the threshold was taken from; of the active version unless told.",
                ReviewPolicies.Look, ProblemKind.InvalidQuery, ProblemKind.NoScoreDistribution)
            .Produces<ScoreDistribution>().Produces(StatusCodes.Status304NotModified);
        app.MapGet(Routes.ReviewNearest, (string gate, string caseId, int? count, HttpContext context, LikenessEndpoints likeness) =>
                likeness.NearestAsync(gate, caseId, count, context))
            .Describe("ListNearestImages", "The newest accepted images that are most like a case, of those this gateway keeps.",
                ReviewPolicies.Look, ProblemKind.CaseNotFound, ProblemKind.InvalidQuery)
            .Produces<NearestToCase>();
        app.MapGet(Routes.ReviewAccepted, (string gate, string imageId, HttpContext context, NearestImages nearest) =>
                nearest.GetImageAsync(gate, imageId, context))
            .Describe("ReadAcceptedImage", "The bytes of one of the gate's newest accepted images; ranges are understood.",
                ReviewPolicies.Look, ProblemKind.ImageNotShown, ProblemKind.ImageStoreUnavailable)
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Jpeg, [.. MediaTypes.Raster.Skip(1)]);
        app.MapGet(Routes.ReviewGroups, (string gate, double? within, [AsParameters] CaseQuery query, HttpContext context, LikenessEndpoints likeness) =>
                likeness.GroupsAsync(gate, query, within, context))
            .Describe("ListReviewGroups", "Cases of a gate, page by page, near-duplicates of a page together.",
                ReviewPolicies.Look, ProblemKind.InvalidQuery)
            .Produces<CaseGroups>();
        app.MapGet(Routes.ReviewSimilar, (string gate, string caseId, double? within, int? limit, HttpContext context, LikenessEndpoints likeness) =>
                likeness.SimilarAsync(gate, caseId, within, limit, context))
            .Describe("ListSimilarCases", "Waiting cases that are like a case, and those in the caller's own hands; the most alike first.",
                ReviewPolicies.Look, ProblemKind.CaseNotFound, ProblemKind.InvalidQuery)
            .Produces<SimilarToCase>();
    }

    private static void MapClaiming(this IEndpointRouteBuilder app)
    {
        app.MapPost(Routes.ReviewClaims, (string gate, ClaimRequest request, HttpContext context, ReviewEndpoints review) =>
                review.ClaimNextAsync(gate, request, context))
            .Describe("ClaimNextCases", "Gives the next cases to the caller, under a lease; none where the queue is empty.",
                ReviewPolicies.Work, ProblemKind.InvalidDecision)
            .Produces<ClaimedCases>();
        app.MapStep(Routes.ReviewClaim, "ClaimCase", "Gives this case to the caller, under a lease.",
            (its, actor, now, review) => CaseMachine.Claim(its, actor, review.Settings.Lease, now),
            ProblemKind.CaseTaken, ProblemKind.CaseDecided, ProblemKind.AlreadyVoted, ProblemKind.SeniorOnly);
        app.MapTokenStep(Routes.ReviewHeartbeat, "ExtendLease", "Says that the reviewer is still there: the lease ends later.",
            (its, actor, token, now, review) => CaseMachine.Extend(its, actor, token, review.Settings.Lease, now));
        app.MapTokenStep(Routes.ReviewRelease, "ReleaseCase", "Puts the case back into the queue.",
            (its, actor, token, now, _) => CaseMachine.Release(its, actor, token, now));
        app.MapTokenStep(Routes.ReviewEscalation, "EscalateCase", "Hands the case to a senior.",
            (its, actor, token, now, _) => CaseMachine.Escalate(its, actor, token, now));
    }

    private static void MapDeciding(this IEndpointRouteBuilder app)
    {
        app.MapPost(Routes.ReviewDecision, (string gate, string caseId, DecisionRequest request, HttpContext context, ReviewEndpoints review) =>
                review.DecideAsync(gate, caseId, request, context))
            .Describe("DecideCase", "Says what the image is. The same decision under the same token again changes nothing.",
                ReviewPolicies.Work, ProblemKind.CaseNotFound, ProblemKind.InvalidDecision, ProblemKind.StaleToken, ProblemKind.CaseDecided)
            .Produces<CaseView>();
        app.MapPost(Routes.ReviewBulk, (string gate, BulkRequest request, HttpContext context, ReviewEndpoints review) =>
                review.BulkAsync(gate, request, context))
            .Describe("DecideCases", "Says the same of several cases; each is answered by itself.",
                ReviewPolicies.Work, ProblemKind.InvalidDecision)
            .Produces<BulkOutcomes>();
        app.MapPost(Routes.ReviewBulkUndo, (string gate, BulkUndoRequest request, HttpContext context, ReviewEndpoints review) =>
                review.BulkUndoAsync(gate, request, context))
            .Describe("UndoDecisions",
                "Takes several of the caller's own decisions back, within the grace time; their cases wait again. Each is answered by itself.",
                ReviewPolicies.Work, ProblemKind.InvalidDecision)
            .Produces<BulkOutcomes>();
        app.MapStep(Routes.ReviewUndo, "UndoDecision", "Takes the caller's own decision back, within the grace time.",
            (its, actor, now, review) => CaseMachine.Undo(its, actor, review.Settings.UndoGrace, review.Settings.Lease, now),
            ProblemKind.NothingToUndo);
    }

    private static void MapLeading(this IEndpointRouteBuilder app)
    {
        app.MapPost(Routes.ReviewRecall, (string gate, string caseId, HttpContext context, ReviewEndpoints review) =>
                review.StepAsync(gate, caseId, context, (its, actor, _) => CaseMachine.Recall(its, actor)))
            .Describe("RecallDecision", "Takes a decision back, however old; the case waits for reviewers again.",
                ReviewPolicies.Lead, ProblemKind.CaseNotFound, ProblemKind.NothingToUndo)
            .Produces<CaseView>();
        app.MapPost(Routes.ReviewCorrection, (string gate, string caseId, DecisionRequest request, HttpContext context, ReviewEndpoints review) =>
                review.CorrectAsync(gate, caseId, request, context))
            .Describe("CorrectDecision", "Replaces a decision by another.",
                ReviewPolicies.Lead, ProblemKind.CaseNotFound, ProblemKind.InvalidDecision, ProblemKind.NothingToUndo)
            .Produces<CaseView>();
    }

    private static void MapStep(
        this IEndpointRouteBuilder app, string route, string name, string summary,
        Func<ReviewCase, CaseActor, DateTimeOffset, ReviewEndpoints, CaseStep> rule, params ProblemKind[] kinds) =>
        app.MapPost(route, (string gate, string caseId, HttpContext context, ReviewEndpoints review) =>
                review.StepAsync(gate, caseId, context, (its, actor, now) => rule(its, actor, now, review)))
            .Describe(name, summary, ReviewPolicies.Work, [ProblemKind.CaseNotFound, ProblemKind.CaseChanged, .. kinds])
            .Produces<CaseView>();

    private static void MapTokenStep(
        this IEndpointRouteBuilder app, string route, string name, string summary,
        Func<ReviewCase, CaseActor, long, DateTimeOffset, ReviewEndpoints, CaseStep> rule) =>
        app.MapPost(route, (string gate, string caseId, TokenRequest request, HttpContext context, ReviewEndpoints review) =>
                review.StepAsync(gate, caseId, context, (its, actor, now) => rule(its, actor, request.Token, now, review)))
            .Describe(name, summary, ReviewPolicies.Work, ProblemKind.CaseNotFound, ProblemKind.StaleToken, ProblemKind.CaseDecided)
            .Produces<CaseView>();

    private static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint, string name, string summary, string policy, params ProblemKind[] kinds) => endpoint
        .WithName(name).WithTags("Review").WithSummary(summary)
        .RequireAuthorization(policy)
        .RequireRateLimiting(ReviewPolicies.Rate)
        .AddEndpointFilter(ReviewPolicies.GuardAsync)
        .Refuses([ProblemKind.NotAuthenticated, ProblemKind.NotAllowed, ProblemKind.TooManyAttempts, ProblemKind.ReviewUnavailable, .. kinds]);
}
