using System.Globalization;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Refit;

/// <summary>Where drift is reported: a refit follows, if the gate is set so.</summary>
public sealed class DriftRefits(RefitRequests requests, TrainerSettings settings, TimeProvider clock)
{
    /// <summary>Asks for a refit since a gate drifts.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="alarm">What was found, in a sentence.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether one was asked for.</returns>
    public async Task<bool> ReportAsync(string gate, string alarm, CancellationToken cancellation)
    {
        if (!settings.Of(gate).Refit.OnDrift) return false;
        var now = clock.GetUtcNow();
        await requests.AddAsync(
            new()
            {
                RequestId = string.Create(CultureInfo.InvariantCulture, $"{gate}-drift-{now.ToUnixTimeMilliseconds()}"), Gate = gate, Reason = alarm,
                By = DueRefit.Drift, At = now,
            },
            cancellation);
        return true;
    }
}
