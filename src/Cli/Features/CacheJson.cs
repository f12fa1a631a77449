using System.Text.Json.Serialization;

namespace MoodStream.Cli.Features;

/// <summary>Source-generated JSON of what the feature cache keeps beside tensors.</summary>
[JsonSerializable(typeof(Dictionary<int, string>))]
internal sealed partial class CacheJson : JsonSerializerContext;
