using System.Diagnostics;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Telemetry;

/// <summary>
/// The spans of an image's way: sent by the gateway, judged by a scorer, taken into review, decided and learned, each a child of the
/// one before, by the W3C trace context in the record's headers and in the case. A batch and a refit have spans of their own with a
/// link to each image, since they have many parents.
/// </summary>
/// <remarks>
/// Without a listener every method gives null and costs nothing. No span holds bytes of an image or a setting.
/// Source: W3C Trace Context; OpenTelemetry semantic conventions for messaging. Thread-safety: any thread.
/// </remarks>
public static class Traces
{
    /// <summary>Name of the source, for those who listen.</summary>
    public const string SourceName = "MoodStream";

    /// <summary>Links that an SDK keeps of one span; what gathers images keeps no more of them.</summary>
    public const int MostLinks = 128;

    private static readonly ActivitySource Source = new(SourceName, BuildVersion.Number);

    /// <summary>The current span as a <c>traceparent</c>; null where there is none.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>A record is handed to the broker; ends when it is acknowledged. It becomes the current span.</summary>
    /// <param name="topic">Topic.</param>
    /// <param name="parent">A <c>traceparent</c> that it belongs to; null for the current span.</param>
    public static Activity? Send(string topic, string? parent = null) =>
        Source.HasListeners() ? Messaging(Source.StartActivity($"send {topic}", ActivityKind.Producer, Parse(parent)), "send", topic) : null;

    /// <summary>A record is processed, from its reading until its output is acknowledged; a child of the span that its headers name.</summary>
    /// <param name="record">The record.</param>
    /// <param name="group">Consumer group that reads it, since a topic has several; null where only one does.</param>
    public static Activity? Process(ReceivedRecord record, string? group = null)
    {
        if (!Source.HasListeners()) return null;
        var position = record.Position;
        var span = Messaging(Source.StartActivity($"process {position.Topic}", ActivityKind.Consumer, ParentOf(record)), "process", position.Topic);
        if (group is not null) span?.SetTag("messaging.consumer.group.name", group);
        return span?.SetTag("messaging.destination.partition.id", position.Partition).SetTag("messaging.kafka.offset", position.Offset);
    }

    /// <summary>
    /// Something goes on that began in another request: a child of what is named, with a link to the current span; a child of the current
    /// span where nothing is named.
    /// </summary>
    public static Activity? Continue(string name, string? traceParent)
    {
        var parent = Parse(traceParent);
        var links = parent != default && Activity.Current is { IdFormat: ActivityIdFormat.W3C } current && current.TraceId != parent.TraceId
            ? new[] { new ActivityLink(current.Context) }
            : null;
        return Source.StartActivity(name, ActivityKind.Internal, parent, tags: null, links);
    }

    /// <summary>Something that many images led to: a child of what is named, with a link to each image.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="traceParent">Who asked for it; null where nobody did.</param>
    /// <param name="images">Spans of the images, at most <see cref="MostLinks"/>.</param>
    public static Activity? Gather(string name, string? traceParent, IEnumerable<ActivityContext> images) =>
        Source.StartActivity(name, ActivityKind.Internal, Parse(traceParent), tags: null, images.Select(i => new ActivityLink(i)));

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
    internal static ActivityContext ParentOf(ReceivedRecord record) => Parse(record.Header(RecordHeaders.TraceParent));

    private static ActivityContext Parse(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent) ? parent : default;

    private static Activity? Messaging(Activity? span, string operation, string topic) => span
        ?.SetTag("messaging.system", "kafka").SetTag("messaging.operation.type", operation).SetTag("messaging.destination.name", topic);
}
