using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Sessions;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Hosting;

namespace MoodStream.Gateway.Review.Upkeep;

/// <summary>Makes the administrator's key and password at the first start, as soon as Redis is there.</summary>
internal sealed class FirstRun(KeyRing keys, LocalAdministrator administrator, TimeProvider clock, ILogger<FirstRun> log)
    : RepeatedWork(Pause, clock, e => log.ReviewWorkFailed(e, "the first run"))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        await keys.EnsureAdministratorAsync(cancellation);
        await administrator.EnsureAsync(cancellation);
        return Done = true;
    }
}
