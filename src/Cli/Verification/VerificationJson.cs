using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Verification;

/// <summary>Source-generated JSON of the results of verification.</summary>
[JsonSerializable(typeof(VerifyResult))]
[JsonSerializable(typeof(BackboneDescription))]
internal sealed partial class VerificationJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static VerificationJson Types { get; } = new(JsonReport.Options());
}
