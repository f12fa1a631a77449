using System.Diagnostics.CodeAnalysis;
using MoodStream.Gateway.Telemetry;

namespace MoodStream.Gateway.Review.Upkeep;

/// <summary>Work that is done again and again, whatever fails, for as long as the gateway runs or until it is done for good.</summary>
internal abstract class RepeatedWork(string name, TimeSpan interval, TimeProvider clock, ILogger log) : BackgroundService
{
    /// <summary>Whether the work is done for good.</summary>
    protected bool Done { get; set; }

    /// <summary>Does the work once.</summary>
    /// <returns>Whether there is more of it at once.</returns>
    protected abstract Task<bool> WorkAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "Edge of the loop: it logs and goes on; Redis and Kafka have health checks.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!Done && !stoppingToken.IsCancellationRequested)
        {
            var more = false;
            try
            {
                more = await WorkAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.ReviewWorkFailed(e, name);
            }
            if (!more) await Task.Delay(interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
