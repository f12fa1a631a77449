using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Audit;

/// <summary>Source-generated JSON of the results of audit.</summary>
[JsonSerializable(typeof(AuditFinding[]))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static AuditJson Types { get; } = new(JsonReport.Options());
}
