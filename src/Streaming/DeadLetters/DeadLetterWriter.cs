using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.DeadLetters;

/// <summary>Writes records that could not be judged to the dead-letter topic, with everything they brought and why.</summary>
/// <param name="producer">Writes the dead letter.</param>
/// <param name="images">Keeps what is too large for a record.</param>
/// <param name="metrics">Counts.</param>
/// <param name="clock">Time of giving up.</param>
/// <param name="log">Tells.</param>
/// <param name="by">Service and instance that gives up.</param>
/// <remarks>
/// Done means: the broker has acknowledged the dead letter, so that the offset may move.
/// Key, value and headers are byte for byte those of the input, the headers in their order, followed by ours. Repeats: written again.
/// A dead letter beyond <see cref="MaxInlineBytes"/>, or that the broker refuses as too large, is written without its value, and if need
/// be without its key and headers; what was taken out lies in the image store, and a header says where. On failure: throws, and the record must stay in flight.
/// </remarks>
public sealed class DeadLetterWriter(
    IRecordProducer producer, IImageStore images, StreamingMetrics metrics, TimeProvider clock, ILogger<DeadLetterWriter> log, string by)
{
    /// <summary>Most characters of a detail.</summary>
    public const int MaxDetailCharacters = 1_024;

    /// <summary>
    /// Most bytes of key, value and headers in a dead letter: what a Kafka takes that was told nothing else. Where it was told to take
    /// more, a dead letter of megabytes would still hold up the verdicts that share its connection.
    /// </summary>
    public const int MaxInlineBytes = 1 << 20;

    /// <summary>About what a header's JSON takes beside its name and value.</summary>
    private const int JsonBytes = 64;

    /// <summary>Writes one dead letter.</summary>
    /// <param name="record">The record, as it was read.</param>
    /// <param name="reason">Why it could not be judged.</param>
    /// <param name="detail">One sentence for people; cut after 1,024 characters.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="RecordNotWrittenException">The broker did not acknowledge it.</exception>
    /// <exception cref="IOException">It was too large for a record, and the image store could not take the evidence.</exception>
    public async Task WriteAsync(ReceivedRecord record, DeadLetterReason reason, string detail, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(record);
        var why = Why(record.Position, reason, detail);
        var whole = new OutgoingRecord(Topics.DeadLetters, record.Key, record.Value, [.. record.Headers, .. why]) { Input = record.Position };
        if (IsLarge(whole)) await WriteLargeAsync(record, whole, why, cancellation);
        else if (!await TryWriteAsync(whole, cancellation)) await WriteReducedAsync(record, why, cancellation);

        metrics.DeadLetters.WithLabels(reason.WireName()).Inc();
        log.DeadLettered(record.Position.Topic, record.Position.Partition, record.Position.Offset, reason.WireName());
    }

    private static bool IsLarge(OutgoingRecord record) => RecordSize.Of(record) > MaxInlineBytes;

    private async Task WriteLargeAsync(ReceivedRecord record, OutgoingRecord whole, KeyValuePair<string, byte[]?>[] why, CancellationToken cancellation)
    {
        try
        {
            await WriteReducedAsync(record, why, cancellation);
        }
        catch (IOException)
        {
            // The image store is full, away, or takes less than the broker: better that verdicts wait than that nothing ends.
            if (!await TryWriteAsync(whole, cancellation)) throw;
        }
    }

    private async Task WriteReducedAsync(ReceivedRecord record, KeyValuePair<string, byte[]?>[] why, CancellationToken cancellation)
    {
        if (await TryWriteWithoutValueAsync(record, why, cancellation)) return;
        var evidence = await EvidenceAsync(WholeRecord(record), DeadLetterEvidenceKinds.Record, record.Position, cancellation);
        var bare = new OutgoingRecord(Topics.DeadLetters, null, null, [.. why, .. evidence]) { Input = record.Position };
        await producer.WriteAsync(bare, cancellation);
    }

    private async Task<bool> TryWriteWithoutValueAsync(ReceivedRecord record, KeyValuePair<string, byte[]?>[] why, CancellationToken cancellation)
    {
        if (RecordSize.Of(record) - record.Bytes.Length > MaxInlineBytes) return false;
        var evidence = await EvidenceAsync(record.Bytes, DeadLetterEvidenceKinds.Value, record.Position, cancellation);
        var withoutValue = new OutgoingRecord(Topics.DeadLetters, record.Key, null, [.. record.Headers, .. why, .. evidence]) { Input = record.Position };
        return await TryWriteAsync(withoutValue, cancellation);
    }

    private async Task<bool> TryWriteAsync(OutgoingRecord record, CancellationToken cancellation)
    {
        try
        {
            await producer.WriteAsync(record, cancellation);
            return true;
        }
        catch (RecordNotWrittenException e) when (e.TooLarge)
        {
            return false;
        }
    }

    private async Task<KeyValuePair<string, byte[]?>[]> EvidenceAsync(
        ReadOnlyMemory<byte> bytes, string kind, RecordPosition position, CancellationToken cancellation)
    {
        var reference = await images.PutAsync(bytes, cancellation);
        log.DeadLetterMoved(position.Topic, position.Partition, position.Offset, reference);
        return [TextHeader.Of(RecordHeaders.DeadLetterEvidence, reference), TextHeader.Of(RecordHeaders.DeadLetterEvidenceKind, kind)];
    }

    private KeyValuePair<string, byte[]?>[] Why(RecordPosition position, DeadLetterReason reason, string detail) =>
    [
        TextHeader.Of(RecordHeaders.DeadLetterReason, reason.WireName()),
        TextHeader.Of(RecordHeaders.DeadLetterDetail, Cut(detail)),
        TextHeader.Of(RecordHeaders.DeadLetterTopic, position.Topic),
        TextHeader.Of(RecordHeaders.DeadLetterPartition, position.Partition.ToString(CultureInfo.InvariantCulture)),
        TextHeader.Of(RecordHeaders.DeadLetterOffset, position.Offset.ToString(CultureInfo.InvariantCulture)),
        TextHeader.Of(RecordHeaders.DeadLetterTime, clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        TextHeader.Of(RecordHeaders.DeadLetterBy, by),
    ];

    private static string Cut(string detail)
    {
        if (detail.Length <= MaxDetailCharacters) return detail;
        var end = char.IsHighSurrogate(detail[MaxDetailCharacters - 1]) ? MaxDetailCharacters - 1 : MaxDetailCharacters;
        return detail[..end];
    }

    private static ReadOnlyMemory<byte> WholeRecord(ReceivedRecord record)
    {
        // Its size is known well enough: grown step by step, megabytes would be copied many times over.
        var bytes = new ArrayBufferWriter<byte>(checked((int)(RecordSize.Of(record) / 3 * 4 + JsonBytes * (record.Headers.Count + 1))));
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteBytes(json, "key", record.Key);
            WriteBytes(json, "value", record.Value);
            json.WriteStartArray("headers");
            foreach (var (name, value) in record.Headers)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                WriteBytes(json, "value", value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteBytes(Utf8JsonWriter json, string name, byte[]? bytes)
    {
        if (bytes is null) json.WriteNull(name);
        else json.WriteBase64String(name, bytes);
    }
}
