using MoodStream.Contracts;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Api;

/// <summary>
/// A case as the API shows it. What others said, and whether it is an audit sample, is there only once it is decided; so is what the gate
/// measured, where the gate hides it.
/// </summary>
internal sealed record CaseView
{
    /// <summary>Case.</summary>
    public required string CaseId { get; init; }

    /// <summary>Gate.</summary>
    public required string Gate { get; init; }

    /// <summary>Image id.</summary>
    public required string ImageId { get; init; }

    /// <summary>Source id.</summary>
    public required string Source { get; init; }

    /// <summary>What of the source the image shows (a study, a lot), where its producer said.</summary>
    public string? Subject { get; init; }

    /// <summary>Where it stands.</summary>
    public required CaseState State { get; init; }

    /// <summary>Rises with every step; the ETag.</summary>
    public required long Version { get; init; }

    /// <summary>When it was opened, UTC.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When the image was put in, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whether score, threshold, p-value, nearest class and heat map are kept back until the case is decided.</summary>
    public required bool ScoreHidden { get; init; }

    /// <summary>OOD score; larger is further out.</summary>
    public double? Score { get; init; }

    /// <summary>Threshold of the gate.</summary>
    public double? Threshold { get; init; }

    /// <summary>Conformal p-value.</summary>
    public double? PValue { get; init; }

    /// <summary>Nearest class of the statistics.</summary>
    public int? NearestClass { get; init; }

    /// <summary>Statistics version of the score.</summary>
    public required long StatisticsVersion { get; init; }

    /// <summary>Where the image's bytes are.</summary>
    public required string Image { get; init; }

    /// <summary>Where its heat map is; absent where there is none.</summary>
    public string? HeatMap { get; init; }

    /// <summary>Whether only a senior may decide it.</summary>
    public required bool SeniorOnly { get; init; }

    /// <summary>Fencing token, of the caller's own lease alone.</summary>
    public long? Token { get; init; }

    /// <summary>End of the caller's own lease.</summary>
    public DateTimeOffset? LeaseEndsAt { get; init; }

    /// <summary>The decision, once there is one.</summary>
    public DecisionVerdict? Verdict { get; init; }

    /// <summary>Who decided.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Whether the gate had accepted the image; told once it is decided.</summary>
    public bool? AuditSample { get; init; }

    /// <summary>The case in the eyes of one person.</summary>
    public static CaseView Of(ReviewCase its, CaseActor actor, ReviewSettings settings)
    {
        var mine = its.Lease is { } lease && lease.Reviewer == actor.Name ? its.Lease : null;
        var measured = HidesScore(its, settings) ? null : its.Scored;
        return new()
        {
            CaseId = its.CaseId,
            Gate = its.Gate,
            ImageId = its.Scored.ImageId,
            Source = its.Scored.Source,
            Subject = its.Scored.Subject,
            State = its.State,
            Version = its.Version,
            OpenedAt = its.OpenedAt,
            ReceivedAt = its.Scored.ReceivedAt,
            ScoreHidden = measured is null,
            Score = measured?.Score,
            Threshold = measured?.Threshold,
            PValue = measured?.PValue,
            NearestClass = measured?.NearestClass,
            StatisticsVersion = its.Scored.StatisticsVersion,
            Image = Routes.ReviewImageOf(its.Gate, its.CaseId),
            HeatMap = measured?.HeatMapReference is null ? null : Routes.ReviewHeatMapOf(its.Gate, its.CaseId),
            SeniorOnly = its.SeniorOnly,
            Token = mine?.Token,
            LeaseEndsAt = mine?.EndsAt,
            Verdict = its.Decision?.Choice.Verdict,
            DecidedBy = its.Decision?.Reviewer,
            DecidedAt = its.Decision?.At,
            AuditSample = its.Decision is null ? null : its.AuditSample,
        };
    }

    /// <summary>Whether what the gate measured is kept back until somebody has decided.</summary>
    public static bool HidesScore(ReviewCase its, ReviewSettings settings) => its.Decision is null && settings.Of(its.Gate).HidesScores;
}

/// <summary>One page of cases.</summary>
/// <param name="Cases">The cases.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
internal sealed record CasePage(IReadOnlyList<CaseView> Cases, string? Next);

/// <summary>Cases that a reviewer has claimed.</summary>
/// <param name="Cases">The cases, in the order to work them; empty where the queue is.</param>
internal sealed record ClaimedCases(IReadOnlyList<CaseView> Cases);

/// <summary>One gate and how many cases it has.</summary>
/// <param name="Gate">Gate.</param>
/// <param name="Open">Cases that wait for a reviewer.</param>
/// <param name="Claimed">Cases with a reviewer.</param>
/// <param name="Escalated">Cases that wait for a senior.</param>
/// <param name="Decided">Decided cases that are still kept.</param>
/// <param name="ReasonCodes">Reasons that a decision may give.</param>
/// <param name="HidesScores">Whether scores are kept back until a case is decided.</param>
internal sealed record GateQueue(
    string Gate, long Open, long Claimed, long Escalated, long Decided, IReadOnlyList<string> ReasonCodes, bool HidesScores);

/// <summary>Gates with their queues.</summary>
/// <param name="Person">Who asks.</param>
/// <param name="Roles">What the person may do.</param>
/// <param name="Gates">The gates that the person sees.</param>
internal sealed record GateQueues(string Person, IReadOnlyList<ReviewRole> Roles, IReadOnlyList<GateQueue> Gates);

/// <summary>How many cases to claim.</summary>
/// <param name="Count">From 1 to 50; 1 unless told.</param>
internal sealed record ClaimRequest(int Count = 1);

/// <summary>A step of a claimed case.</summary>
/// <param name="Token">Fencing token of the lease.</param>
internal sealed record TokenRequest(long Token);

/// <summary>A decision.</summary>
/// <param name="Verdict">What the image is.</param>
/// <param name="Token">Fencing token of the lease; not for a correction.</param>
/// <param name="Class">Class, where there is one to name.</param>
/// <param name="ReasonCode">Why, out of the configured list.</param>
/// <param name="Note">Anything else, up to 2,000 characters.</param>
internal sealed record DecisionRequest(
    DecisionVerdict Verdict, long Token = 0, string? Class = null, string? ReasonCode = null, string? Note = null);

/// <summary>One decision for several cases.</summary>
/// <param name="CaseIds">Cases, up to 200.</param>
/// <param name="Verdict">What their images are.</param>
/// <param name="Class">Class, where there is one to name.</param>
/// <param name="ReasonCode">Why, out of the configured list.</param>
/// <param name="Note">Anything else, up to 2,000 characters.</param>
internal sealed record BulkRequest(
    IReadOnlyList<string> CaseIds, DecisionVerdict Verdict, string? Class = null, string? ReasonCode = null, string? Note = null);

/// <summary>Several decisions to take back.</summary>
/// <param name="CaseIds">Cases, up to 200.</param>
internal sealed record BulkUndoRequest(IReadOnlyList<string> CaseIds);

/// <summary>What became of one case of a bulk decision.</summary>
/// <param name="CaseId">Case.</param>
/// <param name="State">Where it stands now; absent where it was refused.</param>
/// <param name="Problem">Name of the problem, where it was refused.</param>
internal sealed record BulkOutcome(string CaseId, CaseState? State, string? Problem);

/// <summary>What became of a bulk decision.</summary>
/// <param name="Outcomes">One for each case, in the order of the request.</param>
internal sealed record BulkOutcomes(IReadOnlyList<BulkOutcome> Outcomes);
