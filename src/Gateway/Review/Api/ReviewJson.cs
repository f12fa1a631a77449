using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Likeness;
using MoodStream.Gateway.Review.Scores;

namespace MoodStream.Gateway.Review.Api;

/// <summary>Source-generated JSON of the review API: camel case, absent where null.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CaseView))]
[JsonSerializable(typeof(CasePage))]
[JsonSerializable(typeof(ClaimedCases))]
[JsonSerializable(typeof(GateQueues))]
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(DecisionRequest))]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(BulkOutcomes))]
[JsonSerializable(typeof(CaseChange))]
[JsonSerializable(typeof(ScoreDistribution))]
[JsonSerializable(typeof(NearestToCase))]
[JsonSerializable(typeof(SimilarToCase))]
[JsonSerializable(typeof(CaseGroups))]
[JsonSerializable(typeof(BulkUndoRequest))]
internal sealed partial class ReviewJson : JsonSerializerContext;
