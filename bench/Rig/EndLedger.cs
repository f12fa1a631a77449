using System.Text;
using Confluent.Kafka;
using MoodStream.Contracts;
using MoodStream.Streaming.Delivery;

namespace MoodStream.Bench.Rig;

/// <summary>Where each id ended, by reading committed records of the output topics from their beginning.</summary>
/// <remarks>Thread-safety: owned by one thread; <see cref="Ended"/> may be read from any.</remarks>
internal sealed class EndLedger : IDisposable
{
    private static readonly string[] AllOutputs = [Topics.Accepted, Topics.Review, Topics.DeadLetters];
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);
    private readonly IConsumer<byte[], byte[]> _client;
    private readonly Dictionary<string, string> _endOf = [];
    private readonly HashSet<(string Topic, int Partition)> _open = [];
    private readonly Action<string>? _first;
    private readonly SeenImages _seen = new();
    private volatile int _ended;

    /// <summary>Begins at the beginning of every partition.</summary>
    /// <param name="bootstrapServers">The Kafka.</param>
    /// <param name="first">Called for the first end of each id; null: nobody wants to know.</param>
    /// <param name="outputs">Topics to read; null: all that an image can end in.</param>
    public EndLedger(string bootstrapServers, Action<string>? first = null, IReadOnlyList<string>? outputs = null)
    {
        _first = first;
        _client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "mood-bench-ledger", IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false, EnablePartitionEof = true, AutoOffsetReset = AutoOffsetReset.Earliest, ReconnectBackoffMaxMs = 1_000,
            FetchWaitMaxMs = 10,
        }).SetLogHandler((_, _) => { }).Build();
        var partitions = Topics.All.Where(t => (outputs ?? AllOutputs).Contains(t.Name))
            .SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => new TopicPartitionOffset(t.Name, p, Offset.Beginning))).ToList();
        _open.UnionWith(partitions.Select(p => (p.Topic, p.Partition.Value)));
        _client.Assign(partitions);
    }

    /// <summary>Ids that have ended.</summary>
    public int Ended => _ended;

    /// <summary>Records beyond the first of an id.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Of them, those that the helper for readers drops.</summary>
    public int DuplicatesDropped { get; private set; }

    /// <summary>Whether the end of every partition has been seen.</summary>
    public bool AtEnd => _open.Count == 0;

    /// <summary>Ids that ended first in that topic.</summary>
    public int EndedIn(string topic) => _endOf.Values.Count(t => t == topic);

    /// <summary>Whether the id has ended.</summary>
    public bool Knows(string id) => _endOf.ContainsKey(id);

    /// <summary>Reads what there is, for a moment at most.</summary>
    public void Read()
    {
        try
        {
            for (var result = _client.Consume(Wait); result is not null; result = _client.Consume(TimeSpan.Zero))
            {
                if (result.IsPartitionEOF) _open.Remove((result.Topic, result.Partition.Value));
                else Book(result);
            }
        }
        catch (ConsumeException)
        {
            // The broker is away, as it is meant to be at times.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private void Book(ConsumeResult<byte[], byte[]> result)
    {
        if (!result.Message.Headers.TryGetLastBytes(RecordHeaders.Id, out var bytes)) return;
        var id = Encoding.UTF8.GetString(bytes);
        var first = _seen.IsFirst(id);
        if (_endOf.TryAdd(id, result.Topic)) _first?.Invoke(id);
        else
        {
            Duplicates++;
            if (!first) DuplicatesDropped++;
        }

        _ended = _endOf.Count;
    }
}
