using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Scoring;

/// <summary>Source-generated JSON of the results of fitting and scoring.</summary>
[JsonSerializable(typeof(FitResult))]
[JsonSerializable(typeof(ScoreResult))]
internal sealed partial class ScoringJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static ScoringJson Types { get; } = new(JsonReport.Options());
}
