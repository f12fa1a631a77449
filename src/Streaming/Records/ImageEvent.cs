using System.Diagnostics;
using System.Globalization;
using System.Text;
using MoodStream.Contracts;

namespace MoodStream.Streaming.Records;

/// <summary>An image on its way into the gate: what every producer of the input topic says of it, in CloudEvents' binary mode.</summary>
public sealed record ImageEvent
{
    /// <summary>Id of the image, unique over all sources.</summary>
    public required string ImageId { get; init; }

    /// <summary>What the image comes from; the record's key, so that the images of one source keep their order.</summary>
    public required string Source { get; init; }

    /// <summary>What of the source the image shows (a study, a lot); null where nobody said.</summary>
    public string? Subject { get; init; }

    /// <summary>When the image was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Media type of the bytes; null where it is not known.</summary>
    public string? MediaType { get; init; }

    /// <summary>Reference into the image store; null where the record itself carries the bytes.</summary>
    public string? DataReference { get; init; }

    /// <summary>The record of the input topic. It carries on the trace of the current activity.</summary>
    /// <param name="bytes">The encoded image; of no consequence where there is a reference.</param>
    public OutgoingRecord ToRecord(ReadOnlyMemory<byte> bytes) =>
        new(Topics.Images, Encoding.UTF8.GetBytes(Source), DataReference is null ? bytes.ToArray() : [], Headers());

    private List<KeyValuePair<string, byte[]?>> Headers()
    {
        var headers = new List<KeyValuePair<string, byte[]?>>(9)
        {
            TextHeader.Of(RecordHeaders.SpecVersion, "1.0"),
            TextHeader.Of(RecordHeaders.Id, ImageId),
            TextHeader.Of(RecordHeaders.Source, Source),
            TextHeader.Of(RecordHeaders.Type, EventTypes.ImageReceived),
            TextHeader.Of(RecordHeaders.Time, ReceivedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        };
        if (Subject is not null) headers.Add(TextHeader.Of(RecordHeaders.Subject, Subject));
        if (MediaType is not null) headers.Add(TextHeader.Of(RecordHeaders.ContentType, MediaType));
        if (DataReference is not null) headers.Add(TextHeader.Of(RecordHeaders.DataReference, DataReference));
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace })
            headers.Add(TextHeader.Of(RecordHeaders.TraceParent, trace));
        return headers;
    }
}
