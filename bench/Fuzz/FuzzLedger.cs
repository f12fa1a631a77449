using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;

namespace MoodStream.Bench.Fuzz;

/// <summary>Where every record of the input topic ended. Positions tell: ids may be anything.</summary>
internal sealed class FuzzLedger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, int> _ends = [];

    /// <summary>Records of the input topic.</summary>
    public int Records { get; private set; }

    /// <summary>Records that ended nowhere.</summary>
    public int Lost { get; private set; }

    /// <summary>Ends beyond the first of a record.</summary>
    public int Duplicates => _ends.Values.Sum(n => n - 1);

    /// <summary>Dead letters by reason.</summary>
    public SortedDictionary<string, int> DeadLetters { get; } = new(StringComparer.Ordinal);

    /// <summary>Records that were judged.</summary>
    public int Judged { get; private set; }

    /// <summary>Reads all outputs from their beginning to what is their end now.</summary>
    public static FuzzLedger Read(string bootstrapServers)
    {
        var ledger = new FuzzLedger();
        using var client = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "mood-bench-fuzz", EnableAutoCommit = false, EnablePartitionEof = true, FetchWaitMaxMs = 10,
            IsolationLevel = IsolationLevel.ReadCommitted, AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetLogHandler((_, _) => { }).Build();
        string[] outputs = [Topics.Accepted, Topics.Review, Topics.DeadLetters];
        var open = outputs.SelectMany(Partitions).ToHashSet();
        client.Assign(open.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        while (open.Count > 0)
        {
            var result = client.Consume(CancellationToken.None);
            if (result.IsPartitionEOF) open.Remove(result.TopicPartition);
            else ledger.Book(result);
        }

        foreach (var partition in Partitions(Topics.Images)) ledger.Compare(partition, client.QueryWatermarkOffsets(partition, Patience).High.Value);
        return ledger;
    }

    private static IEnumerable<TopicPartition> Partitions(string topic) =>
        Enumerable.Range(0, Topics.All.Single(t => t.Name == topic).Partitions).Select(p => new TopicPartition(topic, p));

    private void Compare(TopicPartition partition, long end)
    {
        for (var offset = 0L; offset < end; offset++)
        {
            Records++;
            if (!_ends.ContainsKey(new RecordPosition(partition.Topic, partition.Partition.Value, offset).ToString())) Lost++;
        }
    }

    private void Book(ConsumeResult<byte[]?, byte[]?> result)
    {
        var dead = result.Topic == Topics.DeadLetters;
        var position = dead ? PositionOf(result.Message.Headers) : JsonSerializer.Deserialize(result.Message.Value, WireJson.Default.ImageScored)!.Position;
        _ends[position] = _ends.GetValueOrDefault(position) + 1;
        if (!dead)
        {
            Judged++;
            return;
        }

        var reason = TextOf(result.Message.Headers, RecordHeaders.DeadLetterReason);
        DeadLetters[reason] = DeadLetters.GetValueOrDefault(reason) + 1;
    }

    // The last header of a name is the gate's: what a record brought itself comes before.
    private static string PositionOf(Headers headers) => new RecordPosition(
        TextOf(headers, RecordHeaders.DeadLetterTopic), int.Parse(TextOf(headers, RecordHeaders.DeadLetterPartition), CultureInfo.InvariantCulture),
        long.Parse(TextOf(headers, RecordHeaders.DeadLetterOffset), CultureInfo.InvariantCulture)).ToString();

    private static string TextOf(Headers headers, string name) => Encoding.UTF8.GetString(headers.GetLastBytes(name));
}
