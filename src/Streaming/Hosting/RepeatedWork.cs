using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;

namespace MoodStream.Streaming.Hosting;

/// <summary>Work that is done again and again, whatever fails, for as long as the service runs or until it is done for good.</summary>
/// <param name="interval">Pause between two rounds, after a failure too.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="failed">Tells of a round that failed.</param>
public abstract class RepeatedWork(TimeSpan interval, TimeProvider clock, Action<Exception> failed) : BackgroundService
{
    /// <summary>Whether the work is done for good.</summary>
    protected bool Done { get; set; }

    /// <summary>Does the work once.</summary>
    /// <returns>Whether there is more of it at once.</returns>
    protected abstract Task<bool> WorkAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "Edge of the loop: it tells and goes on; Redis and Kafka have health checks.")]
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
                failed(e);
            }
            if (!more) await Task.Delay(interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
