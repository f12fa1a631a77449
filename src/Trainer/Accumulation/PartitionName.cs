using System.Globalization;
using MoodStream.Contracts;

namespace MoodStream.Trainer.Accumulation;

/// <summary>A partition of accepted, review or decisions.</summary>
internal readonly record struct PartitionName(string Topic, int Partition)
{
    /// <summary>Whether people's decisions come from it, and not what a gate accepted.</summary>
    public bool OfDecisions => Topic == Topics.Decisions;

    /// <summary>Whether what a gate held back comes from it: nothing is learned of those images but that they are missing.</summary>
    public bool OfReview => Topic == Topics.Review;

    /// <summary><c>topic/partition</c>, as it stands in Redis.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Partition}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is none of ours.</exception>
    public static PartitionName Parse(string text) =>
        text.LastIndexOf('/') is > 0 and var slash && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            ? new(text[..slash], partition)
            : throw new InvalidDataException($"'{text}' is no partition.");
}
