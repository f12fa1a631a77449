using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Datasets;

/// <summary>Source-generated JSON of the results of data sets by name.</summary>
[JsonSerializable(typeof(DatasetListing))]
internal sealed partial class DatasetJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static DatasetJson Types { get; } = new(JsonReport.Options());
}
