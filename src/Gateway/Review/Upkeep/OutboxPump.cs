using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Gateway.Review.Upkeep;

/// <summary>Writes what cases left in the outbox to decisions and audit, in order, and again until Kafka has acknowledged it.</summary>
/// <remarks>
/// Done means: all in-sync replicas have the records; only then do they leave the outbox and does the chain's head move, in one script.
/// Repeats: after a crash between the two, or with two gateways at once, the same head and items give the same records again.
/// On failure: nothing leaves the outbox; the next round tries again.
/// </remarks>
internal sealed class OutboxPump(
    RedisConnection redis, CaseStore store, IRecordProducer producer, TimeProvider clock, ILogger<OutboxPump> log)
    : RepeatedWork("the outbox", Pause, clock, log)
{
    private const int Most = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

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

    /// <summary>Writes what waits, of all gates, once.</summary>
    /// <returns>Whether more waits.</returns>
    public async Task<bool> PumpAsync(CancellationToken cancellation)
    {
        var more = false;
        foreach (var gate in await store.GatesAsync(cancellation)) more |= await PumpAsync(gate, cancellation);
        return more;
    }

    /// <inheritdoc/>
    protected override Task<bool> WorkAsync(CancellationToken cancellation) => PumpAsync(cancellation);

    private async Task<bool> PumpAsync(string gate, CancellationToken cancellation)
    {
        var (head, items) = await ReadAsync(gate, cancellation);
        if (items.Length == 0) return false;
        var (records, end) = RecordsOf(gate, head, items);
        // Called in order without waiting, which keeps the order per key; awaited together.
        await Task.WhenAll(records.Select(record => producer.WriteAsync(record, cancellation)));
        await redis.RunAsync(
            (database, _) => database.ScriptEvaluateAsync(
                AdvanceScript, [RedisKeys.AuditHead(gate), RedisKeys.ReviewOutbox(gate)],
                [head.Sequence, end.Sequence, end.Hash, items.Length]),
            cancellation);
        return items.Length == Most;
    }

    private static (List<OutgoingRecord> Records, AuditHead End) RecordsOf(string gate, AuditHead head, RedisValue[] items)
    {
        var records = new List<OutgoingRecord>(items.Length * 2);
        foreach (var text in items)
        {
            var item = JsonSerializer.Deserialize((byte[])text!, CaseJson.Default.OutboxItem)!;
            var link = AuditChain.Next(gate, head, item.Audit);
            head = new(link.Sequence, link.Hash);
            if (item.Decision is { } decided)
                records.Add(Record(
                    Topics.Decisions, decided.Source, EventTypes.ReviewDecided, $"{decided.CaseId}-{decided.Revision}",
                    JsonSerializer.SerializeToUtf8Bytes(decided, WireJson.Default.ReviewDecided)));
            records.Add(Record(
                Topics.Audit, gate, EventTypes.AuditRecorded, $"{gate}-{link.Sequence}",
                JsonSerializer.SerializeToUtf8Bytes(link, WireJson.Default.AuditRecorded)));
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
