using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoodStream.Contracts;

/// <summary>Source-generated JSON of every message on the wire and of what several services keep in Redis: camel case, unknown members ignored, required members demanded.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ImageScored))]
[JsonSerializable(typeof(StatisticsActivated))]
[JsonSerializable(typeof(StatisticsVersion))]
[JsonSerializable(typeof(RefitRequested))]
[JsonSerializable(typeof(RefitEnded))]
[JsonSerializable(typeof(RefitRecord))]
[JsonSerializable(typeof(ImageRecall))]
[JsonSerializable(typeof(DriftEpisode))]
[JsonSerializable(typeof(IReadOnlyList<DriftEpisode>))]
[JsonSerializable(typeof(ReviewDecided))]
[JsonSerializable(typeof(AuditRecorded))]
public sealed partial class WireJson : JsonSerializerContext;
