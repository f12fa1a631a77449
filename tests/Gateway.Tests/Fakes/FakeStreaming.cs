using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using MoodStream.Contracts;
using MoodStream.Gateway.Ingest;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.GatewayTests.Fakes;

/// <summary>Keeps what was written; fails on demand.</summary>
internal sealed class FakeProducer : IRecordProducer
{
    private readonly ConcurrentQueue<OutgoingRecord> _written = new();

    public IReadOnlyList<OutgoingRecord> Written => [.. _written];

    /// <summary>Thrown instead of acknowledging.</summary>
    public RecordNotWrittenException? Failure { get; set; }

    /// <summary>Takes one permit per acknowledgement; null acknowledges at once.</summary>
    public SemaphoreSlim? Acknowledgements { get; set; }

    public async Task<RecordPosition> WriteAsync(OutgoingRecord record, CancellationToken cancellation)
    {
        if (Acknowledgements is { } permits) await permits.WaitAsync(cancellation);
        if (Failure is not null) throw Failure;
        _written.Enqueue(record);
        return new(record.Topic, 0, _written.Count - 1);
    }
}

/// <summary>An image store in memory; references are hashes of the bytes.</summary>
internal sealed class FakeImageStore : IImageStore
{
    private readonly ConcurrentDictionary<string, byte[]> _images = new();

    public int Count => _images.Count;

    public IEnumerable<byte[]> All => _images.Values;

    /// <summary>Thrown by every call.</summary>
    public IOException? Failure { get; set; }

    public Task<string> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (Failure is not null) throw Failure;
        var reference = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        _images[reference] = bytes.ToArray();
        return Task.FromResult(reference);
    }

    public Task<ImageStoreRead> ReadAsync(string reference, long maxBytes, CancellationToken cancellation)
    {
        if (Failure is not null) throw Failure;
        if (!_images.TryGetValue(reference, out var bytes)) return Task.FromResult(new ImageStoreRead(null, ImageStoreFault.NotFound));
        return Task.FromResult(bytes.Length > maxBytes
            ? new ImageStoreRead(null, ImageStoreFault.TooManyBytes)
            : new ImageStoreRead(bytes, null));
    }
}

/// <summary>Pressure as the test sets it.</summary>
internal sealed class FakePressure : IIngressPressure
{
    public bool Accepting => Refusal is null;

    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(7);

    public long Lag { get; set; }

    public string? Refusal { get; set; }
}

/// <summary>Ids by number: image-1, image-2 and so on.</summary>
internal sealed class NumberedIds : IImageIds
{
    private int _last;

    public string Next() => "image-" + Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A live feed that the test writes to; keeps what was completed.</summary>
internal sealed class FakeFeed : IRecordConsumerFactory, IRecordReader
{
    private readonly ConcurrentDictionary<RecordPosition, ReceivedRecord> _kept = new();
    private readonly Channel<ReceivedRecord> _review = Channel.CreateUnbounded<ReceivedRecord>();
    private readonly Channel<ReceivedRecord> _webhook = Channel.CreateUnbounded<ReceivedRecord>();
    private Channel<ReceivedRecord> _records = Channel.CreateUnbounded<ReceivedRecord>();
    private int _opened;
    private long _offset = -1;

    public int Opened => Volatile.Read(ref _opened);

    public ConcurrentQueue<RecordPosition> Completed { get; } = new();

    /// <summary>What the latest consumer subscribed to.</summary>
    public ConsumerSubscription? Subscription { get; private set; }

    public IRecordConsumer Create(ConsumerSubscription subscription)
    {
        // Every group sees every record.
        if (subscription.Group == ConsumerGroups.Review) return new Consumer(_review.Reader, Completed);
        if (subscription.Group == ConsumerGroups.Webhook) return new Consumer(_webhook.Reader, Completed);
        Subscription = subscription;
        Interlocked.Increment(ref _opened);
        return new Consumer(_records.Reader, Completed);
    }

    public long NextOffset() => Interlocked.Increment(ref _offset);

    public void Write(ReceivedRecord record)
    {
        _kept[record.Position] = record;
        Assert.True(_records.Writer.TryWrite(record));
        Assert.True(_review.Writer.TryWrite(record));
    }

    /// <summary>Writes a record to decisions.</summary>
    public void WriteDecision(ReceivedRecord record) => Assert.True(_webhook.Writer.TryWrite(record));

    /// <summary>Keeps a record for <see cref="ReadAsync"/> without showing it in the feed.</summary>
    public void Keep(ReceivedRecord record) => _kept[record.Position] = record;

    /// <summary>Breaks the open consumer; the next one to be opened works.</summary>
    public void Break(Exception error)
    {
        var broken = Interlocked.Exchange(ref _records, Channel.CreateUnbounded<ReceivedRecord>());
        broken.Writer.Complete(error);
    }

    public Task<ReceivedRecord?> ReadAsync(RecordPosition position, CancellationToken cancellation) =>
        Task.FromResult(_kept.GetValueOrDefault(position));

    private sealed class Consumer(ChannelReader<ReceivedRecord> records, ConcurrentQueue<RecordPosition> completed) : IRecordConsumer
    {
        public ChannelReader<ReceivedRecord> Records => records;

        public bool Assigned => true;

        public ConsumerProgress Progress => default;

        public void Complete(RecordPosition position) => completed.Enqueue(position);

        public void Hold(ReceivedRecord record)
        {
        }

        public void LetGo(ReceivedRecord record)
        {
        }

        public bool Owns(RecordPosition position) => true;

        public Task RunAsync(CancellationToken stopping) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
