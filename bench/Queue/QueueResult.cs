using System.Text.Json.Serialization;

namespace MoodStream.Bench.Queue;

/// <summary>How fast a full queue answered.</summary>
internal sealed record QueueResult
{
    /// <summary>What a list and a claim may take at the 99th percentile, in milliseconds.</summary>
    public const double MustMs = 50;

    /// <summary>Open cases when the measuring began.</summary>
    public required long OpenAtBegin { get; init; }

    /// <summary>Open cases when it ended.</summary>
    public required long OpenAtEnd { get; init; }

    /// <summary>Requests that were made.</summary>
    public required int Requests { get; init; }

    /// <summary>Requests without a good answer, or with an empty one.</summary>
    public required int Failed { get; init; }

    /// <summary>Images that ended meanwhile, accepted or not.</summary>
    public required int Verdicts { get; init; }

    /// <summary>How long it was measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>Median of a list of 50 cases, from when it was due.</summary>
    [JsonPropertyName("list_ms_p50")]
    public required double ListMsP50 { get; init; }

    /// <summary>99th percentile of a list of 50 cases, from when it was due.</summary>
    [JsonPropertyName("list_ms_p99")]
    public required double ListMsP99 { get; init; }

    /// <summary>Median of a claim, from when it was due.</summary>
    [JsonPropertyName("claim_ms_p50")]
    public required double ClaimMsP50 { get; init; }

    /// <summary>99th percentile of a claim, from when it was due.</summary>
    [JsonPropertyName("claim_ms_p99")]
    public required double ClaimMsP99 { get; init; }

    /// <summary>Median of a bare PING of Redis in the same run.</summary>
    [JsonPropertyName("redis_round_trip_ms_p50")]
    public required double RedisRoundTripMsP50 { get; init; }

    /// <summary>99th percentile of a bare PING of Redis in the same run.</summary>
    [JsonPropertyName("redis_round_trip_ms_p99")]
    public required double RedisRoundTripMsP99 { get; init; }

    /// <summary>Resident memory of the gateway when the measuring began.</summary>
    [JsonPropertyName("gateway_mib_at_begin")]
    public required double GatewayMiBAtBegin { get; init; }

    /// <summary>Resident memory of the gateway when it ended.</summary>
    [JsonPropertyName("gateway_mib_at_end")]
    public required double GatewayMiBAtEnd { get; init; }

    /// <summary>How many bare round trips a list costs, at the 99th percentile.</summary>
    public double ListOverRedis => ListMsP99 / RedisRoundTripMsP99;

    /// <summary>How many bare round trips a claim costs, at the 99th percentile.</summary>
    public double ClaimOverRedis => ClaimMsP99 / RedisRoundTripMsP99;

    /// <summary>Whether it was fast enough, and every answer good.</summary>
    public bool Met => Failed == 0 && ListMsP99 < MustMs && ClaimMsP99 < MustMs;
}
