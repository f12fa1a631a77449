using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;

namespace MoodStream.Gateway.Live;

/// <summary>Hands every event to every client of the event stream, and waits for none of them.</summary>
/// <remarks>Thread-safety: any thread.</remarks>
internal sealed class LiveSubscribers(GatewaySettings settings, GatewayMetrics metrics)
{
    private readonly Lock _gate = new();
    private LiveSubscription[] _open = [];

    /// <summary>Whether anyone listens.</summary>
    public bool Any => Volatile.Read(ref _open).Length > 0;

    /// <summary>A new subscription, which the caller disposes; null where there are as many as there may be.</summary>
    public LiveSubscription? TryOpen()
    {
        lock (_gate)
        {
            if (_open.Length >= settings.MaxEventClients) return null;
            var opened = new LiveSubscription(settings.EventQueueLength, this);
            Volatile.Write(ref _open, [.. _open, opened]);
            metrics.EventClients.Set(_open.Length);
            return opened;
        }
    }

    /// <summary>Queues an event for every client.</summary>
    public void Publish(SseItem<string> item)
    {
        foreach (var subscription in Volatile.Read(ref _open)) subscription.Queue(item);
    }

    internal void Close(LiveSubscription subscription)
    {
        lock (_gate)
        {
            Volatile.Write(ref _open, [.. _open.Where(open => open != subscription)]);
            metrics.EventClients.Set(_open.Length);
        }
    }

    internal void CountDropped() => metrics.EventsDropped.Inc();
}

/// <summary>The events that wait for one client: a bounded queue that drops its oldest, and says how many it dropped.</summary>
internal sealed class LiveSubscription : IDisposable
{
    /// <summary>Event type that tells a slow client how many events it missed.</summary>
    public const string DroppedEvent = "dropped";

    private readonly LiveSubscribers _owner;
    private readonly Channel<SseItem<string>> _queue;
    private long _dropped;

    internal LiveSubscription(int capacity, LiveSubscribers owner)
    {
        _owner = owner;
        _queue = Channel.CreateBounded<SseItem<string>>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ =>
            {
                Interlocked.Increment(ref _dropped);
                owner.CountDropped();
            });
    }

    /// <summary>Queues an event; the oldest makes room where there is none.</summary>
    public void Queue(SseItem<string> item) => _queue.Writer.TryWrite(item);

    /// <summary>The events as they come; before the next one, how many were dropped, if any were.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in _queue.Reader.ReadAllAsync(cancellation))
        {
            var dropped = Interlocked.Exchange(ref _dropped, 0);
            if (dropped > 0) yield return new($"{{\"count\":{dropped}}}", DroppedEvent);
            yield return item;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _owner.Close(this);
    }
}
