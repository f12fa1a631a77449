using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Ingest;

/// <summary>Source-generated JSON of the results of ingest.</summary>
[JsonSerializable(typeof(IngestResult))]
internal sealed partial class IngestJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static IngestJson Types { get; } = new(JsonReport.Options());
}
