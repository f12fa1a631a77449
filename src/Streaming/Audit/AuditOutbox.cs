using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Telemetry;
using StackExchange.Redis;

namespace MoodStream.Streaming.Audit;

/// <summary>What waits for Kafka: stored with what it tells of, and there until the broker has acknowledged it.</summary>
/// <param name="Audit">What happened.</param>
/// <param name="Decision">The decision record, where people decided.</param>
/// <param name="Trace">W3C trace context that the decision record belongs to; null without one.</param>
public sealed record OutboxItem(AuditEvent Audit, ReviewDecided? Decision = null, string? Trace = null);

/// <summary>Source-generated JSON of what waits.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutboxItem))]
public sealed partial class OutboxJson : JsonSerializerContext;

/// <summary>Decisions and audit events of each gate on their way from Redis to Kafka, in order; every audit event becomes a link of its gate's chain.</summary>
/// <remarks>
/// Done means: all in-sync replicas have the records; only then do they leave the outbox and does the chain's head move, in one script.
/// Repeats: after a crash between the two, or where two write at once, the same head and items give the same records again.
/// On failure: nothing leaves the outbox. Thread-safety: any thread.
/// </remarks>
public sealed class AuditOutbox(RedisConnection redis, IRecordProducer producer)
{
    private const int Most = 256;

    // Head and items in one look: items of another head would become links that never were.
    private const string ReadScript = """
        local found = redis.call('LRANGE', KEYS[2], 0, ARGV[1])
        table.insert(found, 1, redis.call('HGET', KEYS[1], 'hash') or '')
        table.insert(found, 1, redis.call('HGET', KEYS[1], 'sequence') or '0')
        return found
        """;

    private const string AdvanceScript = """
        local sequence = redis.call('HGET', KEYS[1], 'sequence')
        if not sequence then sequence = '0' end
        if sequence ~= ARGV[1] then return 0 end
        redis.call('HSET', KEYS[1], 'sequence', ARGV[2], 'hash', ARGV[3])
        redis.call('LTRIM', KEYS[2], ARGV[4], -1)
        return 1
        """;

    /// <summary>Adds an audit event behind what waits; it is in Kafka once somebody has pumped the gate.</summary>
    public Task AddAsync(string gate, AuditEvent happened, CancellationToken cancellation) => redis.RunAsync(
        (database, _) => AddAsync(database, gate, happened), cancellation);

    /// <summary>Keeps an event for its chain by a command of its own, or in a transaction with the change that it tells.</summary>
    internal static Task<long> AddAsync(IDatabaseAsync database, string gate, AuditEvent happened) => database.ListRightPushAsync(
        RedisKeys.ReviewOutbox(gate), JsonSerializer.SerializeToUtf8Bytes(new OutboxItem(happened), OutboxJson.Default.OutboxItem));

    /// <summary>Writes what waits of a gate, once.</summary>
    /// <returns>Whether more waits.</returns>
    /// <exception cref="RecordNotWrittenException">Kafka did not take a record.</exception>
    public async Task<bool> PumpAsync(string gate, CancellationToken cancellation)
    {
        var (head, items) = await ReadAsync(gate, cancellation);
        if (items.Length == 0) return false;
        var (records, end) = RecordsOf(gate, head, items);
        // Called in order without waiting, which keeps the order per key; awaited together.
        await Task.WhenAll(records.Select(r => WriteAsync(r.Record, r.Trace, cancellation)));
        await redis.RunAsync(
            (database, _) => database.ScriptEvaluateAsync(
                AdvanceScript, [RedisKeys.AuditHead(gate), RedisKeys.ReviewOutbox(gate)],
                [head.Sequence, end.Sequence, end.Hash, items.Length]),
            cancellation);
        return items.Length == Most;
    }

    private async Task WriteAsync(OutgoingRecord record, string? trace, CancellationToken cancellation)
    {
        using var span = trace is null ? null : Traces.Send(record.Topic, trace);
        var headers = (span?.Id ?? trace) is { } parent ? [.. record.Headers, TextHeader.Of(RecordHeaders.TraceParent, parent)] : record.Headers;
        await producer.WriteAsync(record with { Headers = headers }, cancellation);
    }

    private static (List<(OutgoingRecord Record, string? Trace)> Records, AuditHead End) RecordsOf(string gate, AuditHead head, RedisValue[] items)
    {
        var records = new List<(OutgoingRecord, string?)>(items.Length * 2);
        foreach (var text in items)
        {
            var item = JsonSerializer.Deserialize((byte[])text!, OutboxJson.Default.OutboxItem)!;
            var link = AuditChain.Next(gate, head, item.Audit);
            head = new(link.Sequence, link.Hash);
            if (item.Decision is { } decided)
                records.Add((Record(
                    Topics.Decisions, decided.Source, EventTypes.ReviewDecided, $"{decided.CaseId}-{decided.Revision}",
                    JsonSerializer.SerializeToUtf8Bytes(decided, WireJson.Default.ReviewDecided)), item.Trace));
            records.Add((Record(
                Topics.Audit, gate, EventTypes.AuditRecorded, $"{gate}-{link.Sequence}",
                JsonSerializer.SerializeToUtf8Bytes(link, WireJson.Default.AuditRecorded)), null));
        }
        return (records, head);
    }

    private Task<(AuditHead Head, RedisValue[] Items)> ReadAsync(string gate, CancellationToken cancellation) =>
        redis.RunAsync(
            async (database, _) =>
            {
                RedisKey[] keys = [RedisKeys.AuditHead(gate), RedisKeys.ReviewOutbox(gate)];
                var found = (RedisValue[])(await database.ScriptEvaluateAsync(ReadScript, keys, [Most - 1]))!;
                var head = (long)found[0] == 0 ? AuditHead.Empty : new AuditHead((long)found[0], (string)found[1]!);
                return (head, found[2..]);
            },
            cancellation);

    private static OutgoingRecord Record(string topic, string key, string type, string id, byte[] value) => new(
        topic, Encoding.UTF8.GetBytes(key), value,
        [
            TextHeader.Of(RecordHeaders.SpecVersion, "1.0"),
            TextHeader.Of(RecordHeaders.Id, id),
            TextHeader.Of(RecordHeaders.Type, type),
            TextHeader.Of(RecordHeaders.ContentType, "application/json"),
        ]);
}
