using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoodStream.Gateway.Live;

/// <summary>Source-generated JSON of the live view's answers: camel case, absent where null.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LiveResult))]
[JsonSerializable(typeof(NewestResults))]
[JsonSerializable(typeof(RateSeries))]
internal sealed partial class LiveJson : JsonSerializerContext;
