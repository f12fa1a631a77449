using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace MoodStream.Gateway.Ingest;

/// <summary>Source-generated JSON of what becomes of an upload, refusals included: camel case, absent where null.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TakenImage))]
[JsonSerializable(typeof(TakenParts))]
[JsonSerializable(typeof(List<PartOutcome>))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class IngestJson : JsonSerializerContext;
