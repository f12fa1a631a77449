using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Contracts;

namespace MoodStream.Bench.Rollback;

/// <summary>An output as it was read.</summary>
/// <param name="Source">Source of the image.</param>
/// <param name="Version">Statistics version that it names.</param>
/// <param name="At">Time stamp of the clock when it was read.</param>
internal readonly record struct SeenOutput(string Source, long Version, long At);

/// <summary>Reads the outputs as they come, and notes which version each names, and when it was read.</summary>
/// <remarks>Thread-safety: it reads on a thread of its own; the members may be used from any.</remarks>
internal sealed class VersionLedger : IDisposable
{
    private static readonly string[] Outputs = [Topics.Accepted, Topics.Review];
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(20);
    private readonly IConsumer<byte[], byte[]> _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _reading;
    private volatile string? _fault;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly List<SeenOutput> _outputs = [];

    /// <summary>Begins to read from the beginning of the topics.</summary>
    public VersionLedger(string bootstrapServers, TimeProvider clock)
    {
        _clock = clock;
        _client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "mood-bench-versions", EnableAutoCommit = false, FetchWaitMaxMs = 5,
        }).SetLogHandler((_, _) => { }).Build();
        _client.Assign(Topics.All.Where(t => Outputs.Contains(t.Name)).SelectMany(
            t => Enumerable.Range(0, t.Partitions).Select(p => new TopicPartitionOffset(t.Name, p, Offset.Beginning))));
        _reading = new Thread(Read) { IsBackground = true, Name = "outputs" };
        _reading.Start();
    }

    /// <summary>Why nothing more is read; null while reading goes on.</summary>
    public string? Fault => _fault;

    /// <summary>Number of outputs read.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _outputs.Count;
        }
    }

    /// <summary>Outputs beyond the first so many.</summary>
    public IReadOnlyList<SeenOutput> After(int count)
    {
        lock (_lock) return _outputs[count..];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _reading.Join();
        _client.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (_client.Consume(Wait) is not { Message.Value: { } value }) continue;
                var at = _clock.GetTimestamp();
                var scored = JsonSerializer.Deserialize(value, WireJson.Default.ImageScored)!;
                lock (_lock) _outputs.Add(new SeenOutput(scored.Source, scored.StatisticsVersion, at));
            }
        }
        catch (Exception e) when (e is ConsumeException or JsonException)
        {
            _fault = e.Message;
        }
    }
}
