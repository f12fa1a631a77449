using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using MoodStream.Gateway.Ingest;
using MoodStream.Gateway.Live;

namespace MoodStream.Gateway.Http;

/// <summary>Source-generated JSON of every HTTP answer: camel case, absent where null.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TakenImage))]
[JsonSerializable(typeof(TakenParts))]
[JsonSerializable(typeof(List<PartOutcome>))]
[JsonSerializable(typeof(LiveResult))]
[JsonSerializable(typeof(LiveResults))]
[JsonSerializable(typeof(RateSeries))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class GatewayJson : JsonSerializerContext;
