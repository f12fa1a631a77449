using System.Globalization;
using MoodStream.Contracts;

namespace MoodStream.Trainer.Accumulation;

/// <summary>A partition of accepted or decisions.</summary>
internal readonly record struct PartitionName(string Topic, int Partition)
{
    /// <summary>Whether people's decisions come from it, and not what a gate accepted.</summary>
    public bool OfDecisions => Topic == Topics.Decisions;

    /// <summary><c>topic/partition</c>, as it stands in Redis.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Partition}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is none of ours.</exception>
    public static PartitionName Parse(string text) =>
        text.LastIndexOf('/') is > 0 and var slash && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            ? new(text[..slash], partition)
            : throw new InvalidDataException($"'{text}' is no partition.");
}
