using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;

namespace MoodStream.ScorerTests;

/// <summary>Input records, and what stands in output records.</summary>
internal static class Records
{
    public static DateTimeOffset At { get; } = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public static ReceivedRecord Input(
        long offset, byte[]? value, string? key = "belt-1", int partition = 0, params (string Name, string Text)[] headers) =>
        Raw(offset, value, key is null ? null : Encoding.UTF8.GetBytes(key), partition, headers);

    public static ReceivedRecord Raw(long offset, byte[]? value, byte[]? key, int partition = 0, params (string Name, string Text)[] headers) => new(
        new(Topics.Images, partition, offset), key, value, [.. headers.Select(h => KeyValuePair.Create(h.Name, (byte[]?)Encoding.UTF8.GetBytes(h.Text)))], At);

    public static ImageScored Scored(this OutgoingRecord record) => JsonSerializer.Deserialize(record.Value, WireJson.Default.ImageScored)!;

    /// <summary>The values of a feature as outputs have it.</summary>
    public static Half[] Halves(byte[] feature) => MemoryMarshal.Cast<byte, Half>(feature).ToArray();

    public static string? Text(this OutgoingRecord record, string header) =>
        record.Headers.Where(h => h.Key == header).Select(h => Encoding.UTF8.GetString(h.Value!)).SingleOrDefault();

    /// <summary>Offset of the input record.</summary>
    public static long Offset(this ImageScored scored) => long.Parse(scored.Position[(scored.Position.LastIndexOf('-') + 1)..]);
}
