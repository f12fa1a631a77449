using System.Net.ServerSentEvents;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Gateway.Ingest;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Live;

/// <summary>Shows one ended image: in the ring, in the rates and to every client of the event stream; and tells whoever listens.</summary>
internal sealed class LiveView(
    LiveRing ring, LiveRates rates, LiveSubscribers subscribers, IEnumerable<ILiveListener> listeners, GatewayMetrics metrics, ILogger<LiveView> log)
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
        foreach (var listener in listeners) listener.Ended(result);
        var (kept, isNew) = ring.Add(result with { Feature = null });
        metrics.LiveRecords.WithLabels(isNew ? kept.Verdict.WireName() : "repeated").Inc();
        if (!isNew) return;
        rates.Count(kept);
        if (subscribers.Any)
            subscribers.Publish(new SseItem<string>(JsonSerializer.Serialize(kept, LiveJson.Default.LiveResult), ResultEvent));
    }
}

/// <summary>Follows accepted, review and dead letters for as long as the gateway runs.</summary>
/// <remarks>
/// On failure: logs and starts again after a pause. Images still come in meanwhile.
/// On cancellation: leaves the group.
/// </remarks>
internal sealed class LiveFeed(
    IRecordConsumerFactory consumers, LiveView view, IImageIds ids, TimeProvider clock, GatewaySettings settings, ILogger<LiveFeed> log)
    : RepeatedWork(Pause, clock, e => log.LiveFeedFailed(e, Pause))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly ILogger _log = log;

    // A group of this process alone, so that every gateway sees everything; the same after a failure, so that it goes on from there.
    private readonly ConsumerSubscription _subscription = new()
    {
        Group = $"moodstream.gateway.live.{ids.Next()}",
        Topics = [Topics.Accepted, Topics.Review, Topics.DeadLetters],
        OffsetReset = settings.LiveStart == LiveStart.Earliest ? OffsetReset.Earliest : OffsetReset.Latest,
    };

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        _log.LiveFeedStarted(_subscription.Group, settings.LiveStart);
        await consumers.FollowAsync(_subscription, consumer => ShowAsync(consumer, cancellation), cancellation);
        return false;
    }

    private async Task ShowAsync(IRecordConsumer consumer, CancellationToken cancellation)
    {
        await foreach (var record in consumer.Records.ReadAllAsync(cancellation))
        {
            view.Show(record);
            consumer.Complete(record.Position);
        }
        if (!cancellation.IsCancellationRequested) throw new InvalidOperationException("The consumer of the live feed ended.");
    }
}
