namespace MoodStream.Bench.Chaos;

/// <summary>What became of every image of a run under kills; ids, not records, are counted.</summary>
internal sealed record ChaosResult
{
    /// <summary>Images that the broker acknowledged.</summary>
    public required int ImagesIn { get; init; }

    /// <summary>Images that ended accepted.</summary>
    public required int Accepted { get; init; }

    /// <summary>Images that ended in review.</summary>
    public required int Review { get; init; }

    /// <summary>Images that ended as dead letters.</summary>
    public required int DeadLetter { get; init; }

    /// <summary>Images that ended nowhere.</summary>
    public required int Lost { get; init; }

    /// <summary>Records beyond the first of an id, over all three topics.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Scorers ended by SIGKILL.</summary>
    public required int ScorerKills { get; init; }

    /// <summary>Times the broker was ended by SIGKILL; embedded: taken down.</summary>
    public required int BrokerKills { get; init; }

    /// <summary>From the first image to the last verdict.</summary>
    public required double Seconds { get; init; }

    /// <summary>AtLeastOnce or ExactlyOnce.</summary>
    public required string Delivery { get; init; }

    /// <summary>Seed of images, kills and their times.</summary>
    public required int Seed { get; init; }
}
