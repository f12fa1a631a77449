using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>How far a consumer is behind in the partitions it owns, in records and in time, from the client's own statistics.</summary>
/// <remarks>
/// Records: end of the log less what is committed. Time: nothing tells how old the first waiting record is, but it is younger than
/// the last one that was read, and younger than the last moment at which nothing waited; the later of the two is taken, so that a
/// record that comes after an idle night does not look a night old.
/// What is committed is asked of the consumer: the client does not know of offsets that a transaction stored.
/// Thread-safety: owned by the poll thread, which also brings the statistics.
/// </remarks>
internal sealed class ConsumerLag(StreamingMetrics metrics, string group, Func<TopicPartition, long?> committed, TimeProvider clock)
{
    private const string Topics = "topics", Partitions = "partitions", Desired = "desired";
    private const string StableEnd = "ls_offset", End = "hi_offset", Start = "lo_offset";

    private readonly Dictionary<TopicPartition, DateTimeOffset> _waitingSince = [];

    /// <summary>Partitions were assigned: nothing is known of them yet.</summary>
    public void Assigned(IEnumerable<TopicPartition> partitions) => Forget(partitions);

    /// <summary>Partitions are another member's.</summary>
    public void Forget(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions) _waitingSince.Remove(partition);
    }

    /// <summary>A record was read.</summary>
    public void Received(TopicPartition partition, DateTimeOffset timestamp)
    {
        if (!_waitingSince.TryGetValue(partition, out var since) || timestamp > since) _waitingSince[partition] = timestamp;
    }

    /// <summary>The client told its statistics.</summary>
    /// <param name="statistics">JSON, as librdkafka describes it in STATISTICS.md.</param>
    public void Told(string statistics)
    {
        using var told = JsonDocument.Parse(statistics);
        if (!told.RootElement.TryGetProperty(Topics, out var topics)) return;
        foreach (var topic in topics.EnumerateObject()) Tell(topic.Name, topic.Value);
    }

    private void Tell(string topic, JsonElement told)
    {
        var (now, records, longest) = (clock.GetUtcNow(), 0L, TimeSpan.Zero);
        foreach (var partition in told.GetProperty(Partitions).EnumerateObject())
        {
            if (!int.TryParse(partition.Name, out var number) || number < 0 || !partition.Value.GetProperty(Desired).GetBoolean()) continue;
            var place = new TopicPartition(topic, number);
            var lag = Lag(partition.Value, committed(place) ?? 0);
            if (lag == 0 || !_waitingSince.TryGetValue(place, out var since)) _waitingSince[place] = since = now;
            records += lag;
            if (lag > 0 && now - since > longest) longest = now - since;
        }
        metrics.ConsumerLag.WithLabels(topic, group).Set(records);
        metrics.ConsumerLagSeconds.WithLabels(topic, group).Set(longest.TotalSeconds);
    }

    /// <summary>Records that wait in one partition; 0 before its end is known. Where nothing was committed yet all of it waits.</summary>
    private static long Lag(JsonElement partition, long committed)
    {
        var end = partition.GetProperty(StableEnd).GetInt64() is >= 0 and var stable ? stable : partition.GetProperty(End).GetInt64();
        var start = Math.Max(0, partition.GetProperty(Start).GetInt64());
        return Math.Max(0, end - Math.Max(start, committed));
    }
}
