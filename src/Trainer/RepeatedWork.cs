using System.Diagnostics.CodeAnalysis;
using MoodStream.Trainer.Telemetry;

namespace MoodStream.Trainer;

/// <summary>Work that is done again and again, whatever fails, for as long as the trainer runs.</summary>
internal abstract class RepeatedWork(string name, TimeSpan interval, TimeProvider clock, ILogger log) : BackgroundService
{
    /// <summary>Does the work once.</summary>
    protected abstract Task WorkAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "Edge of the loop: it logs and goes on; Redis and Kafka have health checks.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WorkAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.WorkFailed(e, name);
            }

            await Task.Delay(interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
