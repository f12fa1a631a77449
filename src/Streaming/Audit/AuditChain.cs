using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MoodStream.Contracts;

namespace MoodStream.Streaming.Audit;

/// <summary>Something that is to become a link of an audit chain.</summary>
/// <param name="At">When it happened, UTC.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Event">What happened.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="Detail">What else is worth keeping.</param>
public sealed record AuditEvent(DateTimeOffset At, string Actor, string Event, string Subject, string? Detail = null);

/// <summary>The end of a chain: where the next link hooks in.</summary>
/// <param name="Sequence">Sequence of the last link; 0 for an empty chain.</param>
/// <param name="Hash">Its hash.</param>
public readonly record struct AuditHead(long Sequence, string Hash)
{
    /// <summary>The head of an empty chain.</summary>
    public static AuditHead Empty { get; } = new(0, new string('0', 64));
}

/// <summary>Makes and checks links of audit chains.</summary>
/// <remarks>The same head and event always give the same link, so that a repeated write repeats the record exactly.</remarks>
public static class AuditChain
{
    /// <summary>Name of the chain of what belongs to no gate: who came in, who was refused, and changed settings.</summary>
    public const string Access = "@access";

    /// <summary>The link that follows a head.</summary>
    public static AuditRecorded Next(string gate, AuditHead head, AuditEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        var link = new AuditRecorded
        {
            Gate = gate,
            Sequence = head.Sequence + 1,
            At = happened.At.ToUniversalTime(),
            Actor = happened.Actor,
            Event = happened.Event,
            Subject = happened.Subject,
            Detail = happened.Detail,
            Previous = head.Hash,
            Hash = string.Empty,
        };
        return link with { Hash = HashOf(link) };
    }

    /// <summary>SHA-256 over all members but the hash, each with its length before it; 64 lower-case hexadecimal digits.</summary>
    public static string HashOf(AuditRecorded link)
    {
        ArgumentNullException.ThrowIfNull(link);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(link.Gate);
        Add(link.Sequence.ToString(CultureInfo.InvariantCulture));
        Add(link.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Add(link.Actor);
        Add(link.Event);
        Add(link.Subject);
        Add(link.Detail);
        Add(link.Previous);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // Without the length, text could move from one member to the next unseen; an absent member has the length -1.
        void Add(string? text)
        {
            var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, text is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}

/// <summary>Follows the chains of all gates, link by link, and names the first break of each.</summary>
/// <remarks>A repeat of a link that was seen is no break: writing is at-least-once. Not safe for several threads.</remarks>
public sealed class AuditWalk
{
    private readonly Dictionary<string, List<string>> _hashes = [];
    private readonly Dictionary<string, string> _breaks = [];

    /// <summary>Links per gate that hold, repeats not counted.</summary>
    public IReadOnlyDictionary<string, int> Links => _hashes.ToDictionary(h => h.Key, h => h.Value.Count);

    /// <summary>First break per gate, in a sentence; empty where all chains hold.</summary>
    public IReadOnlyDictionary<string, string> Breaks => _breaks;

    /// <summary>Looks at the next link of its gate.</summary>
    /// <returns>Whether the link is new and holds.</returns>
    public bool Add(AuditRecorded link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (_breaks.ContainsKey(link.Gate)) return false;
        if (!_hashes.TryGetValue(link.Gate, out var hashes)) _hashes[link.Gate] = hashes = [];
        if (AuditChain.HashOf(link) != link.Hash) return Break(link, "its hash is not that of its content");
        if (link.Sequence >= 1 && link.Sequence <= hashes.Count)
            return hashes[(int)link.Sequence - 1] == link.Hash ? false : Break(link, "another link has its place already");
        if (link.Sequence != hashes.Count + 1) return Break(link, $"link {hashes.Count + 1} is missing before it");
        if (link.Previous != (hashes.Count == 0 ? AuditHead.Empty.Hash : hashes[^1]))
            return Break(link, "it does not follow the link before");
        hashes.Add(link.Hash);
        return true;
    }

    private bool Break(AuditRecorded link, string why)
    {
        _breaks[link.Gate] = $"gate {link.Gate}, link {link.Sequence} ({link.Event} of {link.Subject}): {why}.";
        return false;
    }
}
