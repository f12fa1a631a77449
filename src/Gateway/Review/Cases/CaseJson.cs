using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>Source-generated JSON of what is kept in Redis.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReviewCase))]
internal sealed partial class CaseJson : JsonSerializerContext;
