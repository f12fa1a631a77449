using System.Text.Json.Serialization;

namespace MoodStream.Bench.Review;

/// <summary>What became of all cases under reviewers who crash and a gateway that is killed.</summary>
internal sealed record ReviewResult
{
    /// <summary>Images that went to people.</summary>
    public required int Cases { get; init; }

    /// <summary>Cases with a decision on the topic.</summary>
    public required int Decided { get; init; }

    /// <summary>Cases without one.</summary>
    public required int Lost { get; init; }

    /// <summary>Cases with more than one decision; repeats of one record are one.</summary>
    public required int DecidedTwice { get; init; }

    /// <summary>Claims that were given while another lease of the case ran, or with a token that was given before.</summary>
    public required int DoubleLeases { get; init; }

    /// <summary>Whether the audit chain holds from its first link to its last.</summary>
    public required bool AuditVerified { get; init; }

    /// <summary>Links of the chain.</summary>
    public required int AuditLinks { get; init; }

    /// <summary>Late submits that the gateway refused, as it must.</summary>
    public required long LateSubmitsRefused { get; init; }

    /// <summary>Late submits that it took, as it must not.</summary>
    public required long LateSubmitsTaken { get; init; }

    /// <summary>Reviewers' crashes with a case in hand.</summary>
    public required long ReviewerCrashes { get; init; }

    /// <summary>Times that the gateway was killed.</summary>
    public required int Restarts { get; init; }

    /// <summary>Median of a claim over HTTP, failed ones left out.</summary>
    [JsonPropertyName("claim_ms_p50")]
    public required double ClaimMsP50 { get; init; }

    /// <summary>99th percentile of a claim over HTTP, failed ones left out.</summary>
    [JsonPropertyName("claim_ms_p99")]
    public required double ClaimMsP99 { get; init; }

    /// <summary>99th percentile of a bare PING of Redis in the same run.</summary>
    [JsonPropertyName("redis_round_trip_ms_p99")]
    public required double RedisRoundTripMsP99 { get; init; }

    /// <summary>Seconds from the first claim to the last decision.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether everything that must hold held.</summary>
    [JsonIgnore]
    public bool Holds => Decided == Cases && Lost == 0 && DecidedTwice == 0 && DoubleLeases == 0 && LateSubmitsTaken == 0 && AuditVerified;
}

/// <summary>Source-generated JSON of the result.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ReviewResult))]
internal sealed partial class ReviewBenchJson : JsonSerializerContext;
