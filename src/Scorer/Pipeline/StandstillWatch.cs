using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Hosting;

namespace MoodStream.Scorer.Pipeline;

/// <summary>
/// Ends a scorer that holds images and ends none. A member that stands still goes on telling Kafka that it lives, so that nobody else gets
/// its partitions: their images would wait for as long as the process does, whatever its own work hangs in.
/// </summary>
/// <param name="settings">How long it may stand still.</param>
/// <param name="pipeline">What is watched.</param>
/// <param name="gates">Tell whether images wait for statistics, which is no standstill.</param>
/// <param name="abandon">Ends the process some time later where it has not ended by itself; called with what stands still.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="log">Where a look that failed is told.</param>
internal sealed class StandstillWatch(
    ScorerSettings settings, ScoringPipeline pipeline, GateCatalog gates, Action<string> abandon, TimeProvider clock, ILogger<StandstillWatch> log)
    : RepeatedWork(settings.MaxStandstill / LooksOfPatience, clock, e => log.WatchFailed(e))
{
    private const int LooksOfPatience = 20;

    /// <summary>Longest that a host which was asked to stop is waited for: it gives its services half of that.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly Standstill _standstill = new(settings.MaxStandstill, clock);

    /// <summary>Ends the process by force, after a time in which it may end by itself: what hangs may hang in its stopping too.</summary>
    public static void Abandon(string why)
    {
        new Thread(EndByForce) { IsBackground = true, Name = "standstill" }.Start();

        void EndByForce()
        {
            using var never = new ManualResetEventSlim();
            never.Wait(Grace);
            Environment.FailFast($"The scorer stands still, and cannot be stopped: {why}");
        }
    }

    /// <inheritdoc/>
    protected override Task<bool> WorkAsync(CancellationToken cancellation)
    {
        if (pipeline.Progress is { } progress && _standstill.Look(progress, gates.Gates.Values.Any(g => g.Holds)) is { } why)
        {
            Done = true;
            pipeline.StandStill(why);
            abandon(why);
        }

        return Task.FromResult(false);
    }
}
