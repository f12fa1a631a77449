namespace MoodStream.Gateway.Ingest;

/// <summary>Whether the gate keeps up, so that no more is taken in than Kafka can keep.</summary>
internal interface IIngressPressure
{
    /// <summary>Whether images may come in.</summary>
    bool Accepting { get; }

    /// <summary>When to come back, where they may not.</summary>
    TimeSpan RetryAfter { get; }

    /// <summary>Records that wait to be scored.</summary>
    long Lag { get; }

    /// <summary>Why they may not; null while they may.</summary>
    string? Refusal { get; }
}
