using MoodStream.Contracts;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Intake;

/// <summary>Which images of a source that has fallen behind are not judged; nothing where no policy is set for the source.</summary>
/// <remarks>
/// An image that is shed ends as a dead letter, so that it is counted and can be sent again. The sample is drawn by the image
/// id: an image that is read again is drawn alike.
/// </remarks>
public sealed class SourceShedding(ScorerSettings settings, TimeProvider clock)
{
    /// <summary>Why the image is not judged; null where it is.</summary>
    public Rejection? Shed(string source, string imageId, ReceivedRecord record)
    {
        if (!settings.Sources.TryGetValue(source, out var policy) || policy.WhenBehind == WhenBehind.Wait) return null;
        var age = clock.GetUtcNow() - record.Timestamp;
        if (age <= policy.BehindAfter) return null;
        var behind = $"The image waited for {age.TotalSeconds:F0} s; the source is behind after {policy.BehindAfter.TotalSeconds:G} s";
        if (policy.WhenBehind == WhenBehind.DropOldest) return new(DeadLetterReason.ShedOldest, $"{behind}.");
        return ImageSample.Draws("shed", imageId, 1.0 / policy.OneIn)
            ? null
            : new(DeadLetterReason.ShedSampled, $"{behind}, and then one image in {policy.OneIn} is judged.");
    }
}
