using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Registry;
using MoodStream.Trainer.Settings;
using MoodStream.Trainer.Telemetry;

namespace MoodStream.Trainer.Refit;

/// <summary>What driving refits works with.</summary>
internal sealed record RefitTools(
    RefitStore Refits, RefitReferences References, IStatisticsStore Statistics, Harvester Harvester, IRecordProducer Producer,
    TrainerSettings Settings, TrainerMetrics Metrics, LearnedTraces Learned, TimeProvider Clock, ILogger<RefitDriver> Log);

/// <summary>Takes a gate's refit from step to step, and begins one when it is due.</summary>
/// <remarks>
/// Every step is stored before the next one, so that another trainer goes on where this one ended. Repeats: a step taken twice has the
/// same effect; a version that was published and not noted down is found by the id of its refit.
/// </remarks>
internal sealed class RefitDriver(RefitTools tools)
{
    /// <summary>Goes on with the gate's refit until it has ended or has to wait; begins one where it is due.</summary>
    public async Task DriveAsync(string gate, CancellationToken cancellation)
    {
        var its = await tools.Refits.ReadAsync(gate, cancellation);
        if (its is null || its is { Ended: true, Announced: true }) its = await BeginAsync(gate, its, cancellation);
        while (its is { Announced: false } && !(its.NotBefore > tools.Clock.GetUtcNow()) && await TakeStepAsync(its, cancellation) is { } next)
            its = next;
    }

    private async Task<RefitRecord?> BeginAsync(string gate, RefitRecord? last, CancellationToken cancellation)
    {
        var (now, settings) = (tools.Clock.GetUtcNow(), tools.Settings.Of(gate).Refit);
        var requests = await tools.Refits.RequestsAsync(gate, cancellation);
        // All that wait are answered by one refit; where a person is among them, it is that person's.
        var asked = requests is [var oldest, ..] ? requests.FirstOrDefault(r => r.By != DueRefit.Drift) ?? oldest : null;
        var due = asked is not null
            ? new DueRefit(asked.By == DueRefit.Drift ? RefitTrigger.Drift : RefitTrigger.Request, asked.Reason, asked.By)
            : await tools.Statistics.ReadActiveAsync(gate, cancellation) is { } active
                ? DueRefit.Find(last, active.At, await tools.Harvester.ArrivalsAsync(gate, cancellation), settings, now)
                : null;
        if (due is null) return null;
        var before = last?.Revision ?? 0;
        var id = asked?.RequestId ?? string.Create(CultureInfo.InvariantCulture, $"{gate}-{before + 1}-{now.ToUnixTimeSeconds()}");
        using var span = Traces.Gather($"refit {gate}", asked?.TraceParent, tools.Learned.Take(gate));
        var refit = RefitMachine.Request(gate, id, due, last, settings, now) with { Trace = Traces.Current };
        if (!await tools.Refits.TryStoreAsync(before, refit, null, requests.Count, cancellation)) return null;
        tools.Log.RefitRequested(gate, id, due.Trigger, due.Reason);
        return refit;
    }

    /// <summary>Takes one step.</summary>
    /// <returns>The refit after it; null where another trainer was faster.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed is written into the refit, tried again, and ends it at last.")]
    private async Task<RefitRecord?> TakeStepAsync(RefitRecord its, CancellationToken cancellation)
    {
        using var span = Traces.Continue($"refit step after {its.State.ToString().ToLowerInvariant()}", its.Trace);
        RefitRecord next;
        try
        {
            if (RefitMachine.Expired(its, tools.Clock.GetUtcNow()) is { } expired) next = expired;
            else if (its.State is RefitState.Requested or RefitState.Fitted) return await FitAndGuardAsync(its, cancellation);
            else next = await NextAsync(its, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException && !its.Ended)
        {
            tools.Log.RefitStepFailed(e, its.Gate, its.RefitId, its.State);
            next = RefitMachine.Failed(its, e.Message, tools.Settings.Of(its.Gate).Refit, tools.Clock.GetUtcNow());
        }

        return await StoreAsync(its, next, null, cancellation);
    }

    private async Task<RefitRecord> NextAsync(RefitRecord its, CancellationToken cancellation) => its.State switch
    {
        RefitState.Guarded => RefitMachine.Published(its, await PublishAsync(its, cancellation)),
        RefitState.Published => await ConcludeAsync(its, cancellation),
        _ => await AnnounceAsync(its, cancellation),
    };

    /// <summary>
    /// Fits and asks the guards in one go: what they ask with is in memory alone. Where a trainer died in between, it is done anew.
    /// </summary>
    private async Task<RefitRecord?> FitAndGuardAsync(RefitRecord its, CancellationToken cancellation)
    {
        var (gate, settings, now) = (its.Gate, tools.Settings.Of(its.Gate), tools.Clock.GetUtcNow());
        using var reference = await tools.References.ReadAsync(gate, cancellation);
        if (reference is null)
            return await RefuseAsync(its, new(RefusalReasons.NoActiveVersion, "The gate has no active version: fit and publish one first."), cancellation);
        if (reference.Space is not { } space)
            return await RefuseAsync(
                its,
                new(RefusalReasons.DetectorNeedsImages, $"The detector {reference.Active.Detector.Detector} cannot be fitted from moments: publish a version of another one."),
                cancellation);
        using var harvest = await tools.Harvester.CollectAsync(gate, space, settings, cancellation);
        var fitted = RefitFit.Run(harvest, reference.Reference, settings, $"refit {its.RefitId}", now);
        if (fitted.Refusal is { } refusal) return await RefuseAsync(its, refusal, cancellation, harvest.Arrivals);
        if (await StoreAsync(its, RefitMachine.Fitted(its, reference.Parent, harvest.Arrivals), fitted.Blob, cancellation) is not { } stored) return null;
        return await StoreAsync(stored, RefitMachine.Guarded(stored, fitted.Guards), null, cancellation);
    }

    private Task<RefitRecord?> RefuseAsync(RefitRecord its, RefitRefusal refusal, CancellationToken cancellation, long? arrivals = null) => StoreAsync(
        its, RefitMachine.Refused(its, [refusal], tools.Clock.GetUtcNow()) with { Arrivals = arrivals ?? its.Arrivals }, null, cancellation);

    private async Task<long> PublishAsync(RefitRecord its, CancellationToken cancellation)
    {
        var kept = await tools.Statistics.ListVersionsAsync(its.Gate, cancellation);
        if (kept.FirstOrDefault(v => v.Header?.RefitId == its.RefitId) is { } published) return published.Version;
        var blob = await tools.Refits.CandidateAsync(its.Gate, cancellation) ?? throw new InvalidOperationException("What was fitted is gone from Redis.");
        using var statistics = GateStatistics.Read(blob, $"refit {its.RefitId}");
        var header = VersionHeader.Of(statistics, its.By, its.Reason) with { Parent = its.Parent, RefitId = its.RefitId, Guards = its.Guards };
        return await tools.Statistics.PublishAsync(its.Gate, blob, header, cancellation);
    }

    private async Task<RefitRecord> ConcludeAsync(RefitRecord its, CancellationToken cancellation)
    {
        var now = tools.Clock.GetUtcNow();
        if (RefitMachine.Refusals(its.Guards) is { Count: > 0 } refusals) return RefitMachine.Refused(its, refusals, now);
        if (await UndoingAsync(its, cancellation) is { } undoing) return RefitMachine.Refused(its, [undoing], now);
        var activation = new Activation(its.Version!.Value, its.By, its.Reason) { IfEpoch = its.ParentEpoch };
        if (await tools.Statistics.TryActivateAsync(its.Gate, activation, cancellation) is not null) return RefitMachine.Activated(its, now);
        // Nothing was activated since the epoch is another one; perhaps an earlier try of this very step made it so.
        return await tools.Statistics.ReadActiveAsync(its.Gate, cancellation) is { } active && active.Version == its.Version
            ? RefitMachine.Activated(its, now)
            : RefitMachine.Refused(
                its, [new(RefusalReasons.Superseded, $"Version {its.Parent} is no longer active: the refit answers a question of yesterday. Ask for another.")], now);
    }

    /// <summary>A refit that no person asked for does not undo a roll-back: it is made of much the same images as what people went back from.</summary>
    private async Task<RefitRefusal?> UndoingAsync(RefitRecord its, CancellationToken cancellation)
    {
        if (its.Trigger == RefitTrigger.Request) return null;
        return (await RollBacks.ReadAsync(tools.Statistics, its.Gate, cancellation)).Last is { } back
            ? new(RefusalReasons.RolledBack,
                $"{back.By} went back from version {back.Previous} to {back.Version}: look at version {its.Version} and activate it, or ask for a refit.")
            : null;
    }

    private async Task<RefitRecord> AnnounceAsync(RefitRecord its, CancellationToken cancellation)
    {
        var ended = new RefitEnded
        {
            RefitId = its.RefitId, Gate = its.Gate, Outcome = its.State == RefitState.Activated ? RefitOutcome.Activated : RefitOutcome.Refused,
            Version = its.Version, Parent = its.Parent, Refusals = its.Refusals, At = its.EndedAt!.Value,
        };
        using var span = Traces.Send(Topics.Control);
        await tools.Producer.WriteAsync(
            new(Topics.Control, Encoding.UTF8.GetBytes(its.Gate), JsonSerializer.SerializeToUtf8Bytes(ended, WireJson.Default.RefitEnded),
            [
                TextHeader.Of(RecordHeaders.SpecVersion, "1.0"),
                TextHeader.Of(RecordHeaders.Id, its.RefitId),
                TextHeader.Of(RecordHeaders.Source, its.Gate),
                TextHeader.Of(RecordHeaders.Type, EventTypes.RefitEnded),
                TextHeader.Of(RecordHeaders.Time, ended.At.UtcDateTime.ToString("O")),
                TextHeader.Of(RecordHeaders.ContentType, "application/json"),
                .. Traces.Current is { } trace ? [TextHeader.Of(RecordHeaders.TraceParent, trace)] : Array.Empty<KeyValuePair<string, byte[]?>>(),
            ]),
            cancellation);
        return RefitMachine.Announced(its);
    }

    private async Task<RefitRecord?> StoreAsync(RefitRecord before, RefitRecord next, byte[]? candidate, CancellationToken cancellation)
    {
        if (!await tools.Refits.TryStoreAsync(before.Revision, next, candidate, 0, cancellation)) return null;
        if (next.Ended && !before.Ended) Tell(next);
        return next;
    }

    private void Tell(RefitRecord its)
    {
        tools.Metrics.RefitEnded(its);
        if (its.State == RefitState.Activated) tools.Log.RefitActivated(its.Gate, its.RefitId, its.Version!.Value);
        else tools.Log.RefitRefused(its.Gate, its.RefitId, string.Join(" ", its.Refusals.Select(r => $"{r.Reason}: {r.Explanation}")));
    }
}
