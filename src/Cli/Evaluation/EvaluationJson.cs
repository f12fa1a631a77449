using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Evaluation;

/// <summary>Source-generated JSON of the results of evaluations.</summary>
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(LocalisationResult))]
[JsonSerializable(typeof(ProbeResult))]
internal sealed partial class EvaluationJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static EvaluationJson Types { get; } = new(JsonReport.Options());
}
