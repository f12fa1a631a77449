using MoodStream.Contracts;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Operate;
using MoodStream.Gateway.Review.Access;

namespace MoodStream.Gateway;

/// <summary>Maps and describes every route under <c>/v1/operate</c>.</summary>
internal static class OperatorRoutes
{
    /// <summary>The operators' API.</summary>
    public static void MapOperatorApi(this IEndpointRouteBuilder app)
    {
        app.MapLooking();
        app.MapVersions();
        app.MapPost(Routes.OperatedRefits, (string gate, WordRequest request, HttpContext context, OperatorEndpoints operate) =>
                operate.RefitAsync(gate, request, context))
            .Describe("AskForRefit", "Asks the trainers to refit the gate now.", ProblemKind.InvalidChange, ProblemKind.GateNotFound)
            .Produces<RefitRequested>(StatusCodes.Status202Accepted);
        app.MapPost(Routes.OperatedDrift, (string gate, DriftAnswerRequest request, HttpContext context, OperatorEndpoints operate) =>
                operate.AnswerDriftAsync(gate, request, context))
            .Describe("AnswerDrift",
                "Answers a drift: accept (this is the new normal), hold (something is broken) or keep (the statistics stay).",
                ProblemKind.InvalidChange, ProblemKind.DriftNotFound, ProblemKind.GateChanged)
            .Produces<OperatedGate>();
    }

    private static void MapLooking(this IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.OperatedGates, (HttpContext context, OperatorEndpoints operate) => operate.GatesAsync(context))
            .Describe("ListOperatedGates", "Gates with what is active, and what waits for an operator.").Produces<OperatedGates>();
        app.MapGet(Routes.OperatedGate, (string gate, HttpContext context, OperatorEndpoints operate) => operate.GateAsync(gate, context))
            .Describe("ReadOperatedGate", "One gate: versions with what the guards found, activations, refit, drift. The ETag is its revision.",
                ProblemKind.GateNotFound)
            .Produces<OperatedGate>();
        app.MapGet(Routes.OperatedRates, (string gate, string? resolution, HttpContext context, OperatorEndpoints operate) =>
                operate.Rates(gate, resolution, context))
            .Describe("ReadGateRates", "Images that the gate accepted and sent to review over time, and how many wait to be scored.",
                ProblemKind.InvalidQuery)
            .DescribesQuery("resolution", "Length of a step; second unless told.", GatewayOpenApi.OneOf(["second", "minute"]))
            .Produces<GateRateSeries>();
    }

    private static void MapVersions(this IEndpointRouteBuilder app)
    {
        app.MapPost(Routes.OperatedActivations, (string gate, ActivationRequest request, HttpContext context, OperatorEndpoints operate) =>
                operate.ActivateAsync(gate, request, context))
            .DescribeChange("ActivateVersion", "Makes a kept version the active one, which rolls back to it where it was active before.");
        app.MapPost(Routes.OperatedApproval, (string gate, long version, WordRequest request, HttpContext context, OperatorEndpoints operate) =>
                operate.ApproveAsync(gate, version, request, context))
            .DescribeChange("ApproveVersion", "Approves a version; one that the guards refused becomes active as well.");
        app.MapPost(Routes.OperatedRejection, (string gate, long version, WordRequest request, HttpContext context, OperatorEndpoints operate) =>
                operate.RejectAsync(gate, version, request, context))
            .DescribeChange("RejectVersion", "Rejects a version that the guards refused: it waits for nobody any more.");
    }

    private static void DescribeChange(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .Describe(name, summary,
            ProblemKind.InvalidChange, ProblemKind.GateNotFound, ProblemKind.VersionNotFound, ProblemKind.ChangeNotPossible,
            ProblemKind.GateChanged, ProblemKind.PreconditionMissing)
        .DescribesHeader("If-Match", "ETag of the gate as it was when the operator decided.")
        .Produces<OperatedGate>();

    private static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint, string name, string summary, params ProblemKind[] kinds) => endpoint
        .WithName(name).WithTags("Operate").WithSummary(summary)
        .RequireAuthorization(ReviewPolicies.Operate)
        .RequireRateLimiting(ReviewPolicies.Rate)
        .AddEndpointFilter(ReviewPolicies.GuardAsync)
        .Refuses([ProblemKind.NotAuthenticated, ProblemKind.NotAllowed, ProblemKind.TooManyAttempts, ProblemKind.ReviewUnavailable, .. kinds]);
}
