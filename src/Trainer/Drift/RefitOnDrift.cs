using System.Globalization;
using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Drift;

/// <summary>Asks for a refit where a source drifts, if its gate is set so.</summary>
internal sealed class RefitOnDrift(RefitRequests requests, TrainerSettings settings, TimeProvider clock) : IDriftListener
{
    /// <inheritdoc/>
    public async Task DriftBeganAsync(SourceDrift drift, CancellationToken cancellation)
    {
        if (settings.Of(drift.Gate).Refit.OnDrift) await requests.AddAsync(RequestFor(drift, clock.GetUtcNow()), cancellation);
    }

    /// <summary>The request that a drift leads to.</summary>
    internal static RefitRequested RequestFor(SourceDrift drift, DateTimeOffset now) => new()
    {
        RequestId = string.Create(CultureInfo.InvariantCulture, $"{drift.Gate}-drift-{now.ToUnixTimeMilliseconds()}"),
        Gate = drift.Gate,
        Reason = string.Create(
            CultureInfo.InvariantCulture,
            $"source {drift.Source} drifts: {drift.Alarm.Test} is {drift.Alarm.Value:G4}, its limit {drift.Alarm.Limit:G4}, after {drift.Alarm.Images} images"),
        By = DueRefit.Drift,
        At = now,
    };
}
