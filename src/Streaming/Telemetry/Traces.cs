using System.Diagnostics;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Telemetry;

/// <summary>
/// The spans of an image's way: sent by the gateway, processed by a scorer, each a child of the one before, by the W3C trace context in
/// the record's headers. A batch has a span of its own with a link to each image in it, since it has many parents.
/// </summary>
/// <remarks>
/// Without a listener every method gives null and costs nothing. No span holds bytes of an image or a setting.
/// Source: W3C Trace Context; OpenTelemetry semantic conventions for messaging. Thread-safety: any thread.
/// </remarks>
public static class Traces
{
    /// <summary>Name of the source, for those who listen.</summary>
    public const string SourceName = "MoodStream";

    private static readonly ActivitySource Source = new(SourceName, BuildVersion.Number);

    /// <summary>A record is handed to the broker; ends when it is acknowledged. It becomes the current span.</summary>
    public static Activity? Send(string topic) =>
        Messaging(Source.StartActivity($"send {topic}", ActivityKind.Producer), "send", topic);

    /// <summary>A record is processed, from its reading until its output is acknowledged; a child of the span that its headers name.</summary>
    public static Activity? Process(ReceivedRecord record)
    {
        var position = record.Position;
        var span = Messaging(Source.StartActivity($"process {position.Topic}", ActivityKind.Consumer, ParentOf(record)), "process", position.Topic);
        return span?.SetTag("messaging.destination.partition.id", position.Partition).SetTag("messaging.kafka.offset", position.Offset);
    }

    /// <summary>Images are judged together.</summary>
    /// <param name="images">Spans of the images; those that are not sampled are null.</param>
    /// <param name="count">Number of images, sampled or not.</param>
    public static Activity? Batch(IEnumerable<Activity?> images, int count)
    {
        if (!Source.HasListeners()) return null;
        var links = images.OfType<Activity>().Select(i => new ActivityLink(i.Context));
        return Source.StartActivity("judge batch", ActivityKind.Internal, default(ActivityContext), tags: null, links)
            ?.SetTag("messaging.batch.message_count", count);
    }

    /// <summary>The context that a record's headers name; none where they name none, or something else.</summary>
    internal static ActivityContext ParentOf(ReceivedRecord record) =>
        ActivityContext.TryParse(record.Header(RecordHeaders.TraceParent), null, isRemote: true, out var parent) ? parent : default;

    private static Activity? Messaging(Activity? span, string operation, string topic) => span
        ?.SetTag("messaging.system", "kafka").SetTag("messaging.operation.type", operation).SetTag("messaging.destination.name", topic);
}
