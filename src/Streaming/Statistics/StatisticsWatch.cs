using System.Threading.Channels;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>Says when to look at a gate's active statistics: when an activation is announced, and every so often regardless.</summary>
internal sealed class StatisticsWatch(RedisConnection redis, RedisSettings settings, TimeProvider clock, string gate) : IAsyncDisposable
{
    private const double JitterShare = 0.2;

    private readonly Channel<bool> _announced =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Spreads the polling of many instances.
    private readonly Random _jitter = new(Environment.ProcessId);

    private ISubscriber? _subscribed;

    private static RedisChannel Activations => RedisChannel.Literal(RedisKeys.ActivationChannel);

    /// <summary>Waits for the next announcement, or for the polling interval to pass.</summary>
    public async Task NextAsync(CancellationToken cancellation)
    {
        await SubscribeAsync(cancellation);
        using var waited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var wait = settings.PollInterval * (1 - JitterShare + (2 * JitterShare * _jitter.NextDouble()));
        await Task.WhenAny(_announced.Reader.WaitToReadAsync(waited.Token).AsTask(), Task.Delay(wait, clock, waited.Token));
        await waited.CancelAsync();
        _announced.Reader.TryRead(out _);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_subscribed is null) return;
        try
        {
            await _subscribed.UnsubscribeAsync(Activations, OnAnnounced, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (RedisConnection.IsOutage(e))
        {
            // Redis is away, and the subscription with it.
        }
    }

    private async Task SubscribeAsync(CancellationToken cancellation)
    {
        if (_subscribed is not null) return;
        try
        {
            var subscriber = (await redis.GetAsync(cancellation)).GetSubscriber();
            await subscriber.SubscribeAsync(Activations, OnAnnounced);
            _subscribed = subscriber;   // from here on the client renews it after every reconnection
        }
        catch (Exception e) when (RedisConnection.IsOutage(e))
        {
            // Polling carries on; the next round tries again.
        }
    }

    private void OnAnnounced(RedisChannel channel, RedisValue announced)
    {
        if (announced == gate) _announced.Writer.TryWrite(true);
    }
}
