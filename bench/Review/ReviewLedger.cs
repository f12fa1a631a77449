using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Contracts;
using MoodStream.Streaming.Audit;

namespace MoodStream.Bench.Review;

/// <summary>Follows decisions and audit while the run goes on, apart from anything that the gateway remembers.</summary>
/// <remarks>It reads along because the embedded Kafka keeps 5 MiB of a partition only. Thread-safety: any thread may ask.</remarks>
internal sealed class ReviewLedger : IDisposable
{
    // What ends a lease, as the audit names it.
    private static readonly HashSet<string> Ends =
        ["case-decided", "case-voted", "case-released", "lease-expired", "case-escalated"];

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<(long, string, DecisionVerdict)>> _decisions = [];
    private readonly AuditWalk _walk = new();
    private readonly HashSet<string> _held = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Thread _reader;
    private readonly string _gate;

    private int _links, _doubleLeases;

    /// <summary>Begins to read both topics from their first records.</summary>
    public ReviewLedger(string bootstrapServers, string gate)
    {
        _gate = gate;
        _reader = new Thread(() => Read(bootstrapServers)) { IsBackground = true, Name = "ledger" };
        _reader.Start();
    }

    /// <summary>Cases with a decision.</summary>
    public int Decided => Locked(() => _decisions.Count);

    /// <summary>Cases with more than one decision; repeats of one record are one.</summary>
    public int DecidedTwice => Locked(() => _decisions.Values.Count(d => d.Count > 1));

    /// <summary>Claims while another lease of the case ran, in the order of the chain.</summary>
    public int DoubleLeases => Locked(() => _doubleLeases);

    /// <summary>Links of the chain that hold.</summary>
    public int Links => Locked(() => _links);

    /// <summary>First break of the chain; null where it holds.</summary>
    public string? Break => Locked(() => _walk.Breaks.GetValueOrDefault(_gate));

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _reader.Join();
        _ended.Dispose();
    }

    private void Read(string bootstrapServers)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "mood-bench-review", EnableAutoCommit = false, FetchWaitMaxMs = 5,
        }).Build();
        consumer.Assign(Topics.All.Where(t => t.Name is Topics.Decisions or Topics.Audit)
            .SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => new TopicPartitionOffset(t.Name, p, Offset.Beginning))));
        while (!_ended.IsCancellationRequested)
            if (consumer.Consume(PollTime) is { Message.Value: { } value } result)
                Locked(() => Add(result.Topic, value));
    }

    private int Add(string topic, byte[] value)
    {
        if (topic == Topics.Decisions)
        {
            var decided = JsonSerializer.Deserialize(value, WireJson.Default.ReviewDecided)!;
            if (!_decisions.TryGetValue(decided.CaseId, out var known)) _decisions[decided.CaseId] = known = [];
            known.Add((decided.Revision, decided.Reviewer, decided.Verdict));
            return 0;
        }
        var link = JsonSerializer.Deserialize(value, WireJson.Default.AuditRecorded)!;
        if (!_walk.Add(link)) return 0;
        _links++;
        if (link.Event == "case-claimed" && !_held.Add(link.Subject)) _doubleLeases++;
        if (Ends.Contains(link.Event)) _held.Remove(link.Subject);
        return 0;
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock) return read();
    }
}
