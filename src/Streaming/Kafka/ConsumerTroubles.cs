using System.Collections.Concurrent;
using Confluent.Kafka;

namespace MoodStream.Streaming.Kafka;

/// <summary>Why a consumer does not do its work at the moment, by where the trouble lies; each place forgets its trouble by itself.</summary>
/// <remarks>Thread-safety: every member may be called from any thread.</remarks>
internal sealed class ConsumerTroubles
{
    private const string Broker = "broker", Commit = "commit", Fault = "fault";

    private readonly ConcurrentDictionary<string, string> _reasons = new();

    /// <summary>All reasons in one line; null where there is none.</summary>
    public string? Text => _reasons.IsEmpty
        ? null
        : string.Join("; ", _reasons.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value));

    /// <summary>Whether no broker answered when last asked.</summary>
    public bool BrokerSilent => _reasons.ContainsKey(Broker);

    /// <summary>A topic is missing or forbidden.</summary>
    /// <returns>Whether this is news.</returns>
    public bool Topic(string topic, string reason) => Set(TopicKey(topic), reason);

    /// <summary>Brokers do not answer.</summary>
    /// <returns>Whether this is news.</returns>
    public bool NoBroker(string reason) => Set(Broker, reason);

    /// <summary>A commit was refused.</summary>
    /// <returns>Whether this is news.</returns>
    public bool NoCommit(string reason) => Set(Commit, $"offsets cannot be committed: {reason}");

    /// <summary>The consumer has stopped for good.</summary>
    public void Faulted(Exception fault) => Set(Fault, $"stopped: {fault.Message}");

    /// <summary>Partitions of these topics were assigned: the topics are there.</summary>
    public void TopicsFound(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions) _reasons.TryRemove(TopicKey(partition.Topic), out _);
    }

    /// <summary>A broker answered.</summary>
    public void BrokerAnswered() => _reasons.TryRemove(Broker, out _);

    /// <summary>A commit was stored.</summary>
    public void CommitStored() => _reasons.TryRemove(Commit, out _);

    private static string TopicKey(string topic) => $"topic {topic}";

    private bool Set(string place, string reason)
    {
        var news = !_reasons.TryGetValue(place, out var before) || before != reason;
        _reasons[place] = reason;
        return news;
    }
}
