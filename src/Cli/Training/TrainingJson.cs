using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Training;

/// <summary>Source-generated JSON of the results of training.</summary>
[JsonSerializable(typeof(PretrainResult))]
[JsonSerializable(typeof(FinetuneResult))]
internal sealed partial class TrainingJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static TrainingJson Types { get; } = new(JsonReport.Options());
}
