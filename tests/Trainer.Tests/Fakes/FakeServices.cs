using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using Prometheus;

namespace MoodStream.TrainerTests.Fakes;

/// <summary>Records that the test puts in; what was completed is remembered.</summary>
internal sealed class FakeConsumer : IRecordConsumer
{
    private readonly Channel<ReceivedRecord> _records = Channel.CreateUnbounded<ReceivedRecord>();

    public List<RecordPosition> Completed { get; } = [];

    public HashSet<int> Foreign { get; } = [];

    public ChannelReader<ReceivedRecord> Records => _records.Reader;

    public bool Assigned => true;

    public ConsumerProgress Progress => default;

    public void Put(ReceivedRecord record) => _records.Writer.TryWrite(record);

    public void End() => _records.Writer.Complete();

    public void Complete(RecordPosition position) => Completed.Add(position);

    public void Hold(ReceivedRecord record)
    {
    }

    public void LetGo(ReceivedRecord record)
    {
    }

    public bool Owns(RecordPosition position) => !Foreign.Contains(position.Partition);

    public Task RunAsync(CancellationToken stopping) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Records that were written.</summary>
internal sealed class FakeProducer : IRecordProducer
{
    public List<OutgoingRecord> Written { get; } = [];

    public Exception? Failure { get; set; }

    public Task<RecordPosition> WriteAsync(OutgoingRecord record, CancellationToken cancellation)
    {
        if (Failure is not null) throw Failure;
        Written.Add(record);
        return Task.FromResult(new RecordPosition(record.Topic, 0, Written.Count - 1));
    }
}

/// <summary>The product's own stores on a Redis.</summary>
internal sealed class Stores(RedisSettings settings, TimeProvider clock) : IAsyncDisposable
{
    private readonly StreamingMetrics _metrics = new(Metrics.NewCustomRegistry());
    private RedisConnection? _connection;

    public RedisConnection Connection => _connection ??= new(settings, _metrics, clock, NullLogger<RedisConnection>.Instance);

    public RedisStatisticsStore Statistics => new(Connection, settings, _metrics, clock, NullLogger<RedisStatisticsStore>.Instance);

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
