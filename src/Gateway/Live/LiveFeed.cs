using System.Diagnostics.CodeAnalysis;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Live;

/// <summary>Shows one ended image: in the ring, in the rates and to every client of the event stream.</summary>
internal sealed class LiveView(
    LiveRing ring, LiveRates rates, LiveSubscribers subscribers, GatewayMetrics metrics, ILogger<LiveView> log)
{
    /// <summary>Event type of an ended image.</summary>
    public const string ResultEvent = "result";

    /// <summary>Shows a record of the live feed.</summary>
    /// <remarks>
    /// Repeats: a repeated image id replaces its entry and is not counted again.
    /// On failure: a record that is no result is logged, counted and left out, because the view decides nothing.
    /// </remarks>
    public void Show(ReceivedRecord record)
    {
        var (result, unreadable) = RecordReading.Read(record);
        if (result is null)
        {
            metrics.LiveRecords.WithLabels("unreadable").Inc();
            log.LiveRecordUnreadable(record.Position.ToString(), unreadable!);
            return;
        }
        var (kept, isNew) = ring.Add(result);
        metrics.LiveRecords.WithLabels(isNew ? kept.Verdict.WireName() : "repeated").Inc();
        if (!isNew) return;
        rates.Count(kept);
        if (subscribers.Any)
            subscribers.Publish(new SseItem<string>(JsonSerializer.Serialize(kept, GatewayJson.Default.LiveResult), ResultEvent));
    }
}

/// <summary>Follows accepted, review and dead letters for as long as the gateway runs.</summary>
/// <remarks>
/// On failure: logs, reports degraded, and starts again after a pause. Images still come in meanwhile.
/// On cancellation: leaves the group.
/// </remarks>
internal sealed class LiveFeed(
    ILiveConsumers consumers, LiveView view, TimeProvider clock, IOptions<GatewaySettings> options, ILogger<LiveFeed> log)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private volatile bool _following;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_following
            ? HealthCheckResult.Healthy("The live feed is followed.")
            : HealthCheckResult.Degraded("The live feed is not followed; images still come in."));

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "Edge of the loop: logs, reports degraded, and follows again.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                log.LiveFeedStarted(options.Value.LiveStart);
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _following = false;
                log.LiveFeedFailed(e, Pause);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        await using var consumer = consumers.Open();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var polling = consumer.RunAsync(ended.Token);
        try
        {
            _following = true;
            await foreach (var record in consumer.Records.ReadAllAsync(stopping))
            {
                view.Show(record);
                consumer.Complete(record.Position);
            }
            if (!stopping.IsCancellationRequested) throw new InvalidOperationException("The consumer of the live feed ended.");
        }
        finally
        {
            _following = false;
            await ended.CancelAsync();
            await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
