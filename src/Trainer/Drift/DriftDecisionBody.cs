using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Contracts;

namespace MoodStream.Trainer.Drift;

/// <summary>A decision of a drift.</summary>
/// <param name="Source">The source that drifts.</param>
/// <param name="Decision">keep, accept or hold.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="By">Who decides.</param>
internal sealed record DriftDecisionBody(string Source, DriftDecision Decision, string Reason, string By);

/// <summary>JSON of decisions.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DriftDecisionBody))]
internal sealed partial class DriftJson : JsonSerializerContext;
