namespace MoodStream.Bench.Rollback;

/// <summary>How the roll-backs are run.</summary>
/// <param name="Scorers">Scorer processes.</param>
/// <param name="Rounds">Roll-backs, one after another.</param>
/// <param name="Rate">Images per second, over all scorers.</param>
/// <param name="Seed">Seed of the images.</param>
/// <param name="Backbone">Backbone of the gate.</param>
internal sealed record RollbackSettings(int Scorers, int Rounds, int Rate, int Seed, string Backbone);

/// <summary>How long roll-backs took. Times run from the command to an output as a reader of the output topics has it.</summary>
internal sealed record RollbackResult
{
    /// <summary>Scorer processes.</summary>
    public required int Scorers { get; init; }

    /// <summary>Roll-backs.</summary>
    public required int Rounds { get; init; }

    /// <summary>The slowest scorer of the slowest round.</summary>
    public required double SecondsMax { get; init; }

    /// <summary>The slowest scorer of the median round.</summary>
    public required double SecondsMedian { get; init; }

    /// <summary>Each scorer in its slowest round.</summary>
    public required IReadOnlyList<double> SecondsPerScorer { get; init; }

    /// <summary>Until the last output that still named the version rolled back from, in the slowest round.</summary>
    public required double SecondsToLastOfOtherVersionMax { get; init; }

    /// <summary>The command itself, connecting included, in the median round.</summary>
    public required double CommandSecondsMedian { get; init; }

    /// <summary>Outputs that were read.</summary>
    public required int Outputs { get; init; }

    /// <summary>Images per second that were asked for.</summary>
    public required int Rate { get; init; }

    /// <summary>Seed of the images.</summary>
    public required int Seed { get; init; }
}
