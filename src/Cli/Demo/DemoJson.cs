using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Demo;

/// <summary>Source-generated JSON of the results of the demo.</summary>
[JsonSerializable(typeof(DemoResult))]
internal sealed partial class DemoJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static DemoJson Types { get; } = new(JsonReport.Options());
}
