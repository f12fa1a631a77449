using System.Buffers;
using System.Text;

namespace MoodStream.Streaming.Records;

/// <summary>One record as it was read: untouched key, value and headers, so that a dead letter can repeat them.</summary>
/// <param name="Position">Where it was read.</param>
/// <param name="Key">Key bytes; null where the record has none.</param>
/// <param name="Value">Value bytes; empty or null where the record has none.</param>
/// <param name="Headers">Headers in their order; a name may occur more than once.</param>
/// <param name="Timestamp">When the producer made it, UTC.</param>
public sealed record ReceivedRecord(
    RecordPosition Position,
    byte[]? Key,
    byte[]? Value,
    IReadOnlyList<KeyValuePair<string, byte[]?>> Headers,
    DateTimeOffset Timestamp)
{
    // As many as a consumer holds at once, which the pool that all share would not keep.
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(maxArrayLength: 256 << 10, maxArraysPerBucket: 256);

    private ArraySegment<byte> _rented;

    /// <summary>Value bytes; empty or null where the record has none. A copy, where they lie in memory from a pool.</summary>
    public byte[]? Value { get => _rented.Array is null ? field : _rented.ToArray(); init; } = Value;

    /// <summary>The value where it lies; empty where the record has none.</summary>
    public ReadOnlyMemory<byte> Bytes => _rented.Array is null ? Value.AsMemory() : _rented.AsMemory();

    /// <summary>Memory from the pool with a copy of some bytes.</summary>
    internal static ArraySegment<byte> Rent(ReadOnlySpan<byte> bytes)
    {
        var array = Pool.Rent(bytes.Length);
        bytes.CopyTo(array);
        return new(array, 0, bytes.Length);
    }

    /// <summary>A record whose value lies in memory that <see cref="Rent"/> gave, until <see cref="Release"/>.</summary>
    internal static ReceivedRecord Renting(
        RecordPosition position, byte[]? key, ArraySegment<byte> value, IReadOnlyList<KeyValuePair<string, byte[]?>> headers, DateTimeOffset timestamp) =>
        new(position, key, null, headers, timestamp) { _rented = value };

    /// <summary>Gives memory from a pool back. Called by whoever ends the record: nobody may look at its value afterwards.</summary>
    /// <remarks>A record that is not released costs the pool an array and nothing else.</remarks>
    public void Release()
    {
        if (_rented.Array is { } array) Pool.Return(array);
        _rented = default;
    }

    /// <summary>The last header of that name as UTF-8 text; null where there is none.</summary>
    public string? Header(string name)
    {
        for (var i = Headers.Count - 1; i >= 0; i--)
            if (Headers[i].Key == name)
                return Headers[i].Value is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        return null;
    }
}
