using System.Globalization;
using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Drift;

/// <summary>Asks for a refit where a source drifts away from the active statistics, if its gate is set so.</summary>
internal sealed class RefitOnDrift(RefitRequests requests, IStatisticsStore statistics, TrainerSettings settings, TimeProvider clock) : IDriftListener
{
    /// <inheritdoc/>
    public async Task DriftBeganAsync(SourceDrift drift, string episodeId, CancellationToken cancellation)
    {
        if (!settings.Of(drift.Gate).Refit.OnDrift) return;
        // Images are looked at some seconds after they were judged: of statistics that were left meanwhile nothing follows for the new ones.
        if ((await statistics.ReadActiveAsync(drift.Gate, cancellation))?.Version != drift.StatisticsVersion) return;
        await requests.AddAsync(RequestFor(drift, episodeId, clock.GetUtcNow()), cancellation);
    }

    /// <summary>The request that a drift leads to: one for an episode, however many trainers see it.</summary>
    internal static RefitRequested RequestFor(SourceDrift drift, string episodeId, DateTimeOffset now) => new()
    {
        RequestId = episodeId,
        Gate = drift.Gate,
        Reason = string.Create(
            CultureInfo.InvariantCulture,
            $"source {drift.Source} drifts: {drift.Alarm.Test} is {drift.Alarm.Value:G4}, its limit {drift.Alarm.Limit:G4}, after {drift.Alarm.Images} images"),
        By = DueRefit.Drift,
        At = now,
    };
}
