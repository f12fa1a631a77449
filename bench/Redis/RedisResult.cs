namespace MoodStream.Bench.Redis;

/// <summary>What a gate did while its Redis was away, empty or slow.</summary>
internal sealed record RedisResult
{
    /// <summary>Images that the broker acknowledged.</summary>
    public required int ImagesIn { get; init; }

    /// <summary>Images that ended nowhere.</summary>
    public required int Lost { get; init; }

    /// <summary>Records beyond the first of an id.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Each thing that was looked at, in order.</summary>
    public required IReadOnlyList<RedisFinding> Findings { get; init; }

    /// <summary>Whether all was as promised.</summary>
    public bool Met => Lost == 0 && Findings.All(f => f.Met);
}

/// <summary>Something that was looked at.</summary>
/// <param name="What">What was done to Redis.</param>
/// <param name="Promised">What the gate is to do.</param>
/// <param name="Seconds">How long that took, or lasted.</param>
/// <param name="Met">Whether it did.</param>
internal sealed record RedisFinding(string What, string Promised, double Seconds, bool Met);
