using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Trainer.Registry;

namespace MoodStream.Trainer.Drift;

/// <summary>Who wants to know of drift.</summary>
public interface IDriftListener
{
    /// <summary>Drift began. Called by every trainer that sees it: one episode, one id.</summary>
    /// <param name="drift">What began.</param>
    /// <param name="episodeId">The episode.</param>
    /// <param name="cancellation">Cancelled when the service stops.</param>
    Task DriftBeganAsync(SourceDrift drift, string episodeId, CancellationToken cancellation);
}

/// <summary>Reads accepted and review as they come, and watches every source for drift.</summary>
/// <remarks>
/// Begins at the end of the topics: the sums of monitors live in memory, and begin anew with the trainer. Every trainer watches every source.
/// On failure: logs and begins anew after a pause; what comes meanwhile is not looked at.
/// On cancellation: leaves the group.
/// </remarks>
internal sealed class DriftFeed(
    IRecordConsumerFactory consumers, ReadBlob readBlob, IEnumerable<IDriftListener> listeners, DriftWatch watch, DriftMemory memory,
    DriftWatchSettings settings, DriftMetrics metrics, TimeProvider clock, ILogger<DriftFeed> log)
    : RepeatedWork(Pause, clock, e => log.WatchFailed(e, Pause))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _log = log;

    // A group of this process and start alone, so that every trainer sees everything, from now on.
    private readonly ConsumerSubscription _subscription = new()
    {
        Group = $"moodstream.trainer.drift.{Environment.MachineName}.{clock.GetUtcNow().ToUnixTimeMilliseconds()}",
        Topics = [Topics.Accepted, Topics.Review], OffsetReset = OffsetReset.Latest,
    };

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        if (!settings.Enabled) return Done = true;
        await consumers.FollowAsync(_subscription, consumer => WatchAsync(consumer, cancellation), cancellation);
        return false;
    }

    private async Task WatchAsync(IRecordConsumer consumer, CancellationToken cancellation)
    {
        using var gates = new WatchedGates(readBlob, _log);
        var order = new ScoredOrder(settings.Hold);
        Task<bool>? more = null;
        while (true)
        {
            more ??= consumer.Records.WaitToReadAsync(cancellation).AsTask();
            await Task.WhenAny(more, Task.Delay(Turn, _clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
            if (more.IsCompleted)
            {
                if (!await more) throw new InvalidOperationException("The consumer of the drift watch ended.");
                more = null;
                Take(consumer, order);
            }
            foreach (var image in order.Due(_clock.GetUtcNow()))
                if (await gates.OfAsync(image, cancellation) is { } gate) await ObserveAsync(image, gate, cancellation);
            await memory.EndAsync(cancellation);
        }
    }

    private async Task ObserveAsync(ImageScored image, WatchedGate gate, CancellationToken cancellation)
    {
        await memory.RefreshAsync(image.Gate, cancellation);
        if (watch.Observe(image, gate) is { } drift) await TellAsync(drift, cancellation);
    }

    private void Take(IRecordConsumer consumer, ScoredOrder order)
    {
        while (consumer.Records.TryRead(out var record))
        {
            if (Scored(record) is { PValue: not null } image) order.Add(image);
            consumer.Complete(record.Position);
        }
    }

    private ImageScored? Scored(ReceivedRecord record)
    {
        try
        {
            if (record.Value is { Length: > 0 } value && JsonSerializer.Deserialize(value, WireJson.Default.ImageScored) is { } image) return image;
        }
        catch (JsonException)
        {
            // said below
        }
        _log.RecordNotScored(record.Position.ToString());
        return null;
    }

    private async Task TellAsync(SourceDrift drift, CancellationToken cancellation)
    {
        var (episode, began) = await memory.BeginAsync(drift, cancellation);
        if (began)
        {
            metrics.Began(drift.Gate, drift.Source, drift.Alarm.Test);
            _log.DriftBegan(drift.Gate, drift.Source, drift.Alarm.Test, drift.Alarm.Value, drift.Alarm.Limit, drift.Alarm.Images);
        }
        foreach (var listener in listeners) await listener.DriftBeganAsync(drift, episode.EpisodeId, cancellation);
    }
}
