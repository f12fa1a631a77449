using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MoodStream.Streaming.Batching;

/// <summary>
/// Groups the items of a channel into batches that close by count, bytes or age, whichever comes first. Where items come further apart than
/// the age allowed, a batch waits for none: it would be no larger, only later.
/// </summary>
/// <param name="policy">When a batch closes.</param>
/// <param name="clock">Measures the age.</param>
/// <param name="sizeBytes">Size of one item by the caller's measure; null counts no bytes.</param>
/// <remarks>
/// Called: one reader enumerates; several enumerations share nothing but the policy.
/// Done means: a closed batch is handed over before anything more is read; an item larger than the byte limit makes a batch alone.
/// Order: that of the channel. On failure: where the channel faults, the items in hand are not handed over, and the fault is thrown.
/// On cancellation: the same, with an <see cref="OperationCanceledException"/>.
/// </remarks>
public sealed class BatchCollector<T>(BatchPolicy policy, TimeProvider clock, Func<T, long>? sizeBytes = null)
{
    /// <summary>Batches until the channel completes; what is in hand then is the last one.</summary>
    public async IAsyncEnumerable<Batch<T>> CollectAsync(
        ChannelReader<T> reader, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var open = new OpenBatch(policy, clock, sizeBytes);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (open.Fill(reader) is { } full)
            {
                yield return open.Close(full);
                continue;
            }

            switch (await WaitAsync(reader, open.Remaining, cancellation))
            {
                case BatchTrigger.Age when open.Expired:
                    yield return open.Close(BatchTrigger.Age);
                    break;
                case BatchTrigger.Drain:
                    if (open.Count > 0) yield return open.Close(BatchTrigger.Drain);
                    yield break;
            }
        }
    }

    /// <summary>Waits for the next item, the end of the channel (Drain) or the end of the patience (Age).</summary>
    /// <returns>Null where there are items to be read.</returns>
    private async Task<BatchTrigger?> WaitAsync(ChannelReader<T> reader, TimeSpan? patience, CancellationToken cancellation)
    {
        if (patience is null) return await reader.WaitToReadAsync(cancellation) ? null : BatchTrigger.Drain;

        using var waited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = reader.WaitToReadAsync(waited.Token).AsTask();
        var first = await Task.WhenAny(items, Task.Delay(patience.Value, clock, waited.Token));
        await waited.CancelAsync();
        if (first != items) return BatchTrigger.Age;
        return await items ? null : BatchTrigger.Drain;
    }

    /// <summary>The batch that is being filled, and the one item that was too large for the batch before it.</summary>
    private sealed class OpenBatch(BatchPolicy policy, TimeProvider clock, Func<T, long>? sizeBytes)
    {
        private List<T> _items = [];
        private long _bytes;
        private long _since;
        private (T Item, long Bytes)? _next;
        private readonly ArrivalPace _pace = new(policy.MaxAge, clock);

        public int Count => _items.Count;

        /// <summary>Time left before the batch closes by age; null while it is empty.</summary>
        public TimeSpan? Remaining => Count == 0 ? null : Max(Patience - clock.GetElapsedTime(_since), TimeSpan.Zero);

        private TimeSpan Patience => _pace.IsWorthWaiting ? policy.MaxAge : TimeSpan.Zero;

        private BatchTrigger? Full =>
            Count >= policy.MaxCount ? BatchTrigger.Count : Count > 0 && _bytes >= policy.MaxBytes ? BatchTrigger.Bytes : null;

        public bool Expired => Remaining <= TimeSpan.Zero;

        /// <summary>Takes what the channel has at hand.</summary>
        /// <returns>Why the batch is to be closed now; null where it may wait for more.</returns>
        public BatchTrigger? Fill(ChannelReader<T> reader)
        {
            var came = 0;
            var full = Fill(reader, ref came);
            if (came > 0) _pace.Came(came);
            return full ?? (Expired ? BatchTrigger.Age : null);
        }

        private BatchTrigger? Fill(ChannelReader<T> reader, ref int came)
        {
            while (Full is null && reader.TryRead(out var item))
            {
                came++;
                var bytes = sizeBytes?.Invoke(item) ?? 0;
                if (Count > 0 && _bytes + bytes > policy.MaxBytes)
                {
                    _next = (item, bytes);
                    return BatchTrigger.Bytes;
                }

                Add(item, bytes);
            }

            return Full;
        }

        public Batch<T> Close(BatchTrigger trigger)
        {
            var batch = new Batch<T>(_items, trigger);
            (_items, _bytes) = (new(_items.Count), 0);      // batches that follow each other are much alike
            if (_next is { } next) Add(next.Item, next.Bytes);
            _next = null;
            return batch;
        }

        private void Add(T item, long bytes)
        {
            if (Count == 0) _since = clock.GetTimestamp();
            _items.Add(item);
            _bytes += bytes;
        }

        private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
    }
}
