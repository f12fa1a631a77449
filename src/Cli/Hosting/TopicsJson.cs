using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Hosting;

/// <summary>Source-generated JSON of the results of topics.</summary>
[JsonSerializable(typeof(TopicRow[]))]
internal sealed partial class TopicsJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static TopicsJson Types { get; } = new(JsonReport.Options());
}
