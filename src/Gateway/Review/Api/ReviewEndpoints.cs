using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Api;

/// <summary>The endpoints of the review API.</summary>
internal sealed class ReviewEndpoints(
    ReviewDesk desk, CaseStore store, CaseQueries queries, CaseImages images, CaseChanges changes, ReviewSettings settings)
{
    private const int MostClaims = 50, MostInBulk = 200, MostNoteCharacters = 2_000, MostClassCharacters = 200;

    /// <summary>Gates with their queues.</summary>
    public async Task<IResult> GatesAsync(HttpContext context)
    {
        var person = ReviewPerson.Of(context.User);
        var queues = new List<GateQueue>();
        foreach (var gate in (await store.GatesAsync(context.RequestAborted)).Where(person.Sees))
        {
            var counts = await store.CountAsync(gate, context.RequestAborted);
            queues.Add(new(gate, counts[CaseIndex.OpenByAge], counts[CaseIndex.Leased], counts[CaseIndex.Escalated],
                counts[CaseIndex.Decided], settings.ReasonCodes, settings.Of(gate).HidesScores));
        }
        return TypedResults.Ok(new GateQueues(person.Name, person.Roles, queues));
    }

    /// <summary>One page of cases.</summary>
    public async Task<IResult> ListAsync(string gate, CaseQuery query, HttpContext context)
    {
        var (page, refused) = await queries.ListAsync(gate, query, ActorOf(context), context.RequestAborted);
        return refused is null ? TypedResults.Ok(page) : refused.ToResult(context);
    }

    /// <summary>One case, with its version as the ETag.</summary>
    public async Task<IResult> CaseAsync(string gate, string caseId, HttpContext context)
    {
        if (await store.ReadAsync(gate, caseId, context.RequestAborted) is not { } its)
            return CaseRefusals.Of(CaseFault.NotFound).ToResult(context);
        var tag = TagOf(its);
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        return context.Request.Headers.IfNoneMatch.ToString() == tag
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(CaseView.Of(its, ActorOf(context), settings));
    }

    /// <summary>The image of a case.</summary>
    public async Task<IResult> ImageAsync(string gate, string caseId, HttpContext context) =>
        await store.ReadAsync(gate, caseId, context.RequestAborted) is { } its
            ? await images.GetAsync(its, context)
            : CaseRefusals.Of(CaseFault.NotFound).ToResult(context);

    /// <summary>The heat map of the image of a case.</summary>
    public async Task<IResult> HeatMapAsync(string gate, string caseId, HttpContext context) =>
        await store.ReadAsync(gate, caseId, context.RequestAborted) is { } its
            ? await images.GetHeatMapAsync(its, context)
            : CaseRefusals.Of(CaseFault.NotFound).ToResult(context);

    /// <summary>Claims whatever comes next.</summary>
    public async Task<IResult> ClaimNextAsync(string gate, ClaimRequest request, HttpContext context)
    {
        if (request.Count is < 1 or > MostClaims) return Invalid($"count is from 1 to {MostClaims}").ToResult(context);
        var actor = ActorOf(context);
        var claimed = await desk.ClaimNextAsync(gate, actor, request.Count, context.RequestAborted);
        return TypedResults.Ok(new ClaimedCases([.. claimed.Select(its => CaseView.Of(its, actor, settings))]));
    }

    /// <summary>Decides a claimed case.</summary>
    public Task<IResult> DecideAsync(string gate, string caseId, DecisionRequest request, HttpContext context) =>
        Refuse(ChoiceOf(request)) is { } refused
            ? Task.FromResult<IResult>(refused.ToResult(context))
            : StepAsync(gate, caseId, context, (its, actor, now) =>
                CaseMachine.Decide(its, actor, request.Token, ChoiceOf(request), now));

    /// <summary>Replaces a decision by another.</summary>
    public Task<IResult> CorrectAsync(string gate, string caseId, DecisionRequest request, HttpContext context) =>
        Refuse(ChoiceOf(request)) is { } refused
            ? Task.FromResult<IResult>(refused.ToResult(context))
            : StepAsync(gate, caseId, context, (its, actor, now) => CaseMachine.Correct(its, actor, ChoiceOf(request), now));

    /// <summary>One step of one case; the answer is the case after it.</summary>
    public async Task<IResult> StepAsync(
        string gate, string caseId, HttpContext context, Func<ReviewCase, CaseActor, DateTimeOffset, CaseStep> rule)
    {
        var actor = ActorOf(context);
        var step = await desk.StepAsync(gate, caseId, (its, now) => rule(its, actor, now), context.RequestAborted);
        if (step.Fault is { } fault) return CaseRefusals.Of(fault).ToResult(context);
        context.Response.Headers.ETag = TagOf(step.After!);
        return TypedResults.Ok(CaseView.Of(step.After!, actor, settings));
    }

    /// <summary>Claims and decides several cases; each by itself, so that one refusal spoils no other.</summary>
    public async Task<IResult> BulkAsync(string gate, BulkRequest request, HttpContext context)
    {
        if (RefuseIds(request.CaseIds) is { } invalid) return invalid.ToResult(context);
        var choice = new Choice(request.Verdict, request.Class, request.ReasonCode, request.Note);
        if (Refuse(choice) is { } refused) return refused.ToResult(context);
        var outcomes = new List<BulkOutcome>(request.CaseIds.Count);
        foreach (var id in request.CaseIds) outcomes.Add(await DecideOneAsync(gate, id, choice, context));
        return TypedResults.Ok(new BulkOutcomes(outcomes));
    }

    /// <summary>Takes several decisions of the caller back and puts their cases back into the queue; each by itself.</summary>
    public async Task<IResult> BulkUndoAsync(string gate, BulkUndoRequest request, HttpContext context)
    {
        if (RefuseIds(request.CaseIds) is { } invalid) return invalid.ToResult(context);
        var outcomes = new List<BulkOutcome>(request.CaseIds.Count);
        foreach (var id in request.CaseIds) outcomes.Add(await UndoOneAsync(gate, id, context));
        return TypedResults.Ok(new BulkOutcomes(outcomes));
    }

    /// <summary>Changes of the gate's cases, as they happen at this gateway.</summary>
    public IResult Events(string gate, HttpContext context) =>
        TypedResults.ServerSentEvents(EventsAsync(gate, context.RequestAborted));

    /// <summary>Settings that steps need.</summary>
    public ReviewSettings Settings => settings;

    private async Task<BulkOutcome> DecideOneAsync(string gate, string caseId, Choice choice, HttpContext context)
    {
        var actor = ActorOf(context);
        var claim = await desk.StepAsync(
            gate, caseId, (its, now) => CaseMachine.Claim(its, actor, settings.Lease, now), context.RequestAborted);
        var step = claim.After?.Lease is not { } lease
            ? claim
            : await desk.StepAsync(
                gate, caseId, (its, now) => CaseMachine.Decide(its, actor, lease.Token, choice, now), context.RequestAborted);
        return OutcomeOf(caseId, step);
    }

    private async Task<BulkOutcome> UndoOneAsync(string gate, string caseId, HttpContext context)
    {
        var actor = ActorOf(context);
        var undone = await desk.StepAsync(
            gate, caseId, (its, now) => CaseMachine.Undo(its, actor, settings.UndoGrace, settings.Lease, now), context.RequestAborted);
        var step = undone.After?.Lease is not { } lease
            ? undone
            : await desk.StepAsync(gate, caseId, (its, now) => CaseMachine.Release(its, actor, lease.Token, now), context.RequestAborted);
        return OutcomeOf(caseId, step);
    }

    private static BulkOutcome OutcomeOf(string caseId, CaseStep step) => step.Fault is { } fault
        ? new(caseId, null, CaseRefusals.Of(fault).Kind.WireName())
        : new(caseId, step.After!.State, null);

    private async IAsyncEnumerable<SseItem<string>> EventsAsync(string gate, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new("{}", "hello") { ReconnectionInterval = TimeSpan.FromSeconds(2) };
        await foreach (var change in changes.WatchAsync(cancellation))
            if (change.Gate == gate) yield return new(JsonSerializer.Serialize(change, ReviewJson.Default.CaseChange), "case");
    }

    private static Refusal? RefuseIds(IReadOnlyList<string>? caseIds) =>
        caseIds is null || caseIds.Count is < 1 or > MostInBulk ? Invalid($"caseIds holds 1 to {MostInBulk} cases") : null;

    private Refusal? Refuse(Choice choice)
    {
        if (!Enum.IsDefined(choice.Verdict)) return Invalid("verdict is in-distribution, out-of-distribution, unusable or unsure");
        if (choice.ReasonCode is { } reason && !settings.ReasonCodes.Contains(reason, StringComparer.Ordinal))
            return Invalid($"reasonCode is one of {string.Join(", ", settings.ReasonCodes)}");
        if (choice.Note?.Length > MostNoteCharacters) return Invalid($"note has at most {MostNoteCharacters} characters");
        return choice.Class?.Length > MostClassCharacters ? Invalid($"class has at most {MostClassCharacters} characters") : null;
    }

    private static Choice ChoiceOf(DecisionRequest request) => new(request.Verdict, request.Class, request.ReasonCode, request.Note);

    private static CaseActor ActorOf(HttpContext context) => ReviewPerson.Of(context.User).Actor;

    private static string TagOf(ReviewCase its) =>
        new EntityTagHeaderValue($"\"{its.Version.ToString(CultureInfo.InvariantCulture)}\"").ToString();

    private static Refusal Invalid(string rule) => new(ProblemKind.InvalidDecision, $"The request is not understood: {rule}.");
}
