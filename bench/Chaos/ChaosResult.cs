namespace MoodStream.Bench.Chaos;

/// <summary>What became of every image of a run under faults; ids, not records, are counted.</summary>
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

    /// <summary>Of them, those that a reader with <c>SeenImages</c> does not see.</summary>
    public required int DuplicatesDropped { get; init; }

    /// <summary>Scorers ended by SIGKILL.</summary>
    public required int ScorerKills { get; init; }

    /// <summary>Times the broker was ended by SIGKILL; embedded: taken down.</summary>
    public required int BrokerKills { get; init; }

    /// <summary>Scorers that ended by themselves and were started again.</summary>
    public required int ScorerCrashes { get; init; }

    /// <summary>From the first image to the last verdict.</summary>
    public required double Seconds { get; init; }

    /// <summary>AtLeastOnce or ExactlyOnce.</summary>
    public required string Delivery { get; init; }

    /// <summary>Seed of images, faults and their times.</summary>
    public required int Seed { get; init; }

    /// <summary>What went wrong: kills, members, cluster or network.</summary>
    public required string Scenario { get; init; }

    /// <summary>Records that the group had not committed in the end.</summary>
    public required long LagLeft { get; init; }

    /// <summary>Partitions in which some were left.</summary>
    public required int StuckPartitions { get; init; }

    /// <summary>Bits that links flipped.</summary>
    public required int FlippedBits { get; init; }

    /// <summary>Each fault and how long verdicts took to flow again.</summary>
    public required IReadOnlyList<FaultSeen> Faults { get; init; }
}

/// <summary>One fault as it went.</summary>
/// <param name="What">What went wrong.</param>
/// <param name="AtImages">Images that had ended when it did.</param>
/// <param name="SecondsWithoutVerdict">Longest time without a verdict from then until the next fault.</param>
/// <param name="SecondsToRecover">
/// From then until verdicts came at half the rate of the ten seconds before; 0 where they never came more slowly, null where the next
/// fault came first.
/// </param>
internal sealed record FaultSeen(string What, int AtImages, double SecondsWithoutVerdict, double? SecondsToRecover);
