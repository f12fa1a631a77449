using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MoodStream.Contracts;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Ingest;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Review.Access;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Gateway.Operate;

/// <summary>The endpoints of the operators' API.</summary>
/// <remarks>
/// A change names the revision that it was decided on (If-Match): of two operators who cross, the second is told so. It is in Redis with
/// its links of the audit chain, all or nothing, before it is answered.
/// </remarks>
internal sealed class OperatorEndpoints(
    GateReading reading, StatisticsDesk desk, DriftEpisodes drift, RatesTicker rates, IImageIds ids, TimeProvider clock)
{
    private const int LeastReason = 3, MostReason = 500;

    /// <summary>The gates that the caller sees.</summary>
    public async Task<IResult> GatesAsync(HttpContext context)
    {
        var person = ReviewPerson.Of(context.User);
        var lines = new List<OperatedGateLine>();
        foreach (var gate in (await reading.GatesAsync(context.RequestAborted)).Where(person.Sees))
            if (await reading.ReadAsync(gate, context.RequestAborted) is { } its) lines.Add(LineOf(its));
        return TypedResults.Ok(new OperatedGates(person.Name, lines));
    }

    /// <summary>One gate, with its revision as the ETag.</summary>
    public async Task<IResult> GateAsync(string gate, HttpContext context) =>
        await reading.ReadAsync(gate, context.RequestAborted) is { } its ? Answer(its, context) : NoGate(gate).ToResult(context);

    /// <summary>A gate's rates over time.</summary>
    public IResult Rates(string gate, string? resolution, HttpContext context) => LiveEndpoints.ResolutionOf(resolution) is { } step
        ? TypedResults.Ok(rates.ReadGate(gate, step))
        : Refusal.OfQuery(LiveEndpoints.ResolutionRule).ToResult(context);

    /// <summary>Makes a version the active one: goes back to it, mostly.</summary>
    public Task<IResult> ActivateAsync(string gate, ActivationRequest request, HttpContext context) => ChangeAsync(gate, request.Reason, context, (its, word) =>
    {
        if (Find(its, request.Version) is not { } version) return (null, NoVersion(its, request.Version));
        if (version.Standing is VersionStanding.Active) return Impossible($"Version {version.Version} is active already.");
        if (version.Standing is VersionStanding.Waiting or VersionStanding.Rejected)
            return Impossible($"A guard refused version {version.Version}. Approve it, which makes it active as well.");
        if (!request.OtherModel && DiffersInModel(its, version)) return OtherModel(version);
        var what = version.Standing == VersionStanding.Earlier ? "statistics-rolled-back" : "statistics-activated";
        return (StepOf(its, word with { Event = what, Subject = SubjectOf(version) }) with { Activate = version.Version }, null);
    });

    /// <summary>Approves a version; one that waits for a person's word, or was rejected, becomes active as well.</summary>
    public Task<IResult> ApproveAsync(string gate, long version, WordRequest request, HttpContext context) => ChangeAsync(gate, request.Reason, context, (its, word) =>
    {
        if (Find(its, version) is not { } found) return (null, NoVersion(its, version));
        if (found.Header is not { } header) return Impossible($"Version {version} has no header to approve it in.");
        if (header.HumanApproved) return Impossible($"{header.Approval!.By} has approved version {version} already.");
        var activates = found.Standing is VersionStanding.Waiting or VersionStanding.Rejected;
        if (activates && DiffersInModel(its, found)) return OtherModel(found);
        var overruled = header.Guards.Where(guard => !guard.Passed).Select(guard => guard.Name).ToList();
        word = word with { Subject = SubjectOf(found), Detail = overruled.Count == 0 ? word.Detail : $"{word.Detail} (overruling {string.Join(", ", overruled)})" };
        AuditEvent approved = word with { Event = "statistics-approved" }, activated = word with { Event = "statistics-activated" };
        var after = header with { Approval = new() { By = word.Actor, Reason = request.Reason!.Trim(), At = word.At }, Rejection = null };
        var step = activates ? StepOf(its, approved, activated) with { Activate = version } : StepOf(its, approved);
        return (step with { Header = (header, after) }, null);
    });

    /// <summary>Rejects a version that waits for a person's word.</summary>
    public Task<IResult> RejectAsync(string gate, long version, WordRequest request, HttpContext context) => ChangeAsync(gate, request.Reason, context, (its, word) =>
    {
        if (Find(its, version) is not { } found) return (null, NoVersion(its, version));
        if (found is not { Standing: VersionStanding.Waiting, Header: { } header }) return Impossible($"Version {version} does not wait for a person's word.");
        var after = header with { Rejection = new() { By = word.Actor, Reason = word.Detail!, At = word.At } };
        return (StepOf(its, word with { Event = "statistics-rejected", Subject = SubjectOf(found) }) with { Header = (header, after) }, null);
    });

    /// <summary>Asks the trainers for a refit.</summary>
    public async Task<IResult> RefitAsync(string gate, WordRequest request, HttpContext context)
    {
        if (RefuseReason(request.Reason) is { } refused) return refused.ToResult(context);
        if (await reading.ReadAsync(gate, context.RequestAborted) is null) return NoGate(gate).ToResult(context);
        var asked = new RefitRequested
        {
            RequestId = ids.Next(), Gate = gate, Reason = request.Reason!.Trim(), By = ReviewPerson.Of(context.User).Name, At = clock.GetUtcNow(),
            TraceParent = Traces.Current,
        };
        await desk.RequestRefitAsync(asked, context.RequestAborted);
        return TypedResults.Accepted((string?)null, asked);
    }

    /// <summary>Answers a drift.</summary>
    public async Task<IResult> AnswerDriftAsync(string gate, DriftAnswerRequest request, HttpContext context)
    {
        if (RefuseReason(request.Reason) is { } refused) return refused.ToResult(context);
        if (!Enum.IsDefined(request.Decision) || string.IsNullOrEmpty(request.Source))
            return new Refusal(ProblemKind.InvalidChange, "The request is not understood: source, and decision of keep, accept or hold.").ToResult(context);
        if (await drift.ReadAsync(gate, request.Source, context.RequestAborted) is not { } episode)
            return new Refusal(ProblemKind.DriftNotFound, $"Source {request.Source} of gate {gate} does not drift, or not any more. Look again.").ToResult(context);
        var answer = new DriftAnswer(request.Decision, ReviewPerson.Of(context.User).Name, request.Reason!.Trim(), clock.GetUtcNow());
        var done = episode.EpisodeId == request.EpisodeId && episode.State == request.State
            && await drift.TryAnswerAsync(gate, episode, episode, answer, context.RequestAborted);
        return done ? await GateAsync(gate, context) : Changed().ToResult(context);
    }

    private async Task<IResult> ChangeAsync(
        string gate, string? reason, HttpContext context, Func<OperatedGate, AuditEvent, (OperatorStep? Step, Refusal? Refused)> decide)
    {
        if (RefuseReason(reason) is { } invalid) return invalid.ToResult(context);
        if (await reading.ReadAsync(gate, context.RequestAborted) is not { } its) return NoGate(gate).ToResult(context);
        if (RefuseCrossing(its, context.Request) is { } crossed) return crossed.ToResult(context);
        var word = new AuditEvent(clock.GetUtcNow(), ReviewPerson.Of(context.User).Name, string.Empty, string.Empty, reason!.Trim());
        var (step, refused) = decide(its, word);
        if (step is null) return refused!.ToResult(context);
        return await desk.TryTakeAsync(step, context.RequestAborted) ? await GateAsync(gate, context) : Changed().ToResult(context);
    }

    private static Ok<OperatedGate> Answer(OperatedGate its, HttpContext context)
    {
        context.Response.Headers.ETag = TagOf(its);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(its);
    }

    private static OperatedGateLine LineOf(OperatedGate its)
    {
        var header = its.Versions.FirstOrDefault(version => version.Standing == VersionStanding.Active)?.Header;
        return new(
            its.Gate, its.Active, header?.ModelHash, header?.EffectiveCount, its.Versions.Count(version => version.Standing == VersionStanding.Waiting),
            its.Drift.Count(episode => episode.State == DriftEpisodeState.Drifting));
    }

    private static Refusal? RefuseCrossing(OperatedGate its, HttpRequest request)
    {
        var given = request.Headers.IfMatch.ToString();
        if (given.Length == 0)
            return new(ProblemKind.PreconditionMissing, "Send the ETag of the gate, as it was when you decided, as If-Match.");
        return given == TagOf(its) ? null : Changed();
    }

    private static Refusal? RefuseReason(string? reason) => reason?.Trim().Length is >= LeastReason and <= MostReason
        ? null
        : new(ProblemKind.InvalidChange, $"The request is not understood: reason is a sentence of {LeastReason} to {MostReason} characters.");

    private static bool DiffersInModel(OperatedGate its, OperatedVersion version) =>
        its.Versions.FirstOrDefault(other => other.Standing == VersionStanding.Active)?.Header is { } active && version.Header is { } header
        && (active.ModelHash, active.PreprocessingHash) != (header.ModelHash, header.PreprocessingHash);

    private static OperatedVersion? Find(OperatedGate its, long version) => its.Versions.FirstOrDefault(kept => kept.Version == version);

    private static OperatorStep StepOf(OperatedGate its, params IReadOnlyList<AuditEvent> audit) =>
        new(its.Gate, its.Active is { } active ? new ActiveStatistics(active.Version, active.Epoch, active.At) : null, audit);

    private static string SubjectOf(OperatedVersion version) => $"statistics version {version.Version}";

    private static string TagOf(OperatedGate its) => new EntityTagHeaderValue($"\"{its.Revision}\"").ToString();

    private static (OperatorStep?, Refusal?) Impossible(string detail) => (null, new(ProblemKind.ChangeNotPossible, detail));

    private static (OperatorStep?, Refusal?) OtherModel(OperatedVersion version) => Impossible(
        $"Version {version.Version} is of another backbone or preprocessing than the active one: scorers that run the present one would hold. "
        + "Change the scorers first, then send otherModel, or use mood stats activate --other-model.");

    private static Refusal Changed() => new(ProblemKind.GateChanged, "Nothing was changed: the gate is not as you saw it any more. Look again, then decide.");

    private static Refusal NoGate(string gate) => new(ProblemKind.GateNotFound, $"There is no gate {gate} with statistics.");

    private static Refusal NoVersion(OperatedGate its, long version) => new(
        ProblemKind.VersionNotFound, $"Gate {its.Gate} keeps no version {version}; it has {string.Join(", ", its.Versions.Select(kept => kept.Version))}.");
}
