using System.Diagnostics;
using MoodStream.Contracts;
using MoodStream.Scorer.Gates;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Intake;

/// <summary>An image ready for the device, or the reason why it will never be.</summary>
/// <param name="Record">The record it came with.</param>
/// <param name="Image">What the device needs; null if rejected.</param>
/// <param name="Rejection">Why it was rejected; null if it was not.</param>
public sealed record Intaken(ReceivedRecord Record, PreparedImage? Image, Rejection? Rejection);

/// <summary>Why an image cannot be judged.</summary>
/// <param name="Reason">One of the closed list.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record Rejection(DeadLetterReason Reason, string Detail);

/// <summary>A decoded and normalised image with all that its verdict will name.</summary>
/// <param name="Record">The record it came with.</param>
/// <param name="ImageId">Image id.</param>
/// <param name="Source">Source id.</param>
/// <param name="Gate">Gate that judges it.</param>
/// <param name="Pixels">
/// Normalised input of the gate's backbone, [3, S, S], float32; one of <see cref="Gate.Inputs"/>, given back once the image is judged.
/// </param>
/// <param name="DataReference">Claim-check the bytes came by; null if they came inline.</param>
public sealed record PreparedImage(
    ReceivedRecord Record, string ImageId, string Source, Gate Gate, float[] Pixels, string? DataReference)
{
    /// <summary>The encoded bytes where they came inline; empty where the image store has them. Gone once the record is released.</summary>
    public ReadOnlyMemory<byte> Encoded => DataReference is null ? Record.Bytes : default;

    /// <summary>Width and height of the decoded image, in pixels, before it was resized.</summary>
    public required (int Width, int Height) Size { get; init; }

    /// <summary>What of the source it shows; null where its producer did not say.</summary>
    public string? Subject { get; init; }

    /// <summary>Span of the image's way through the scorer; null where it is not traced. Whoever ends the image ends it.</summary>
    public Activity? Span { get; init; }
}
