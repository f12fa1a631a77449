using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Fuzz;

/// <summary>What a running gate did with hostile images and records.</summary>
internal sealed record FuzzResult
{
    /// <summary>Hostile items put in.</summary>
    public required int Items { get; init; }

    /// <summary>Of them, those that the gateway refused, by status.</summary>
    public required IReadOnlyDictionary<string, int> RefusedByGateway { get; init; }

    /// <summary>Of them, those that the gateway did not answer.</summary>
    public required int Unanswered { get; init; }

    /// <summary>Records of the input topic, those of the healthy neighbours included.</summary>
    public required int Records { get; init; }

    /// <summary>Records that were put in and are not there; negative: more are.</summary>
    public required int Missing { get; init; }

    /// <summary>Records that were judged.</summary>
    public required int Judged { get; init; }

    /// <summary>Dead letters by reason.</summary>
    public required IReadOnlyDictionary<string, int> DeadLetters { get; init; }

    /// <summary>Records that ended nowhere.</summary>
    public required int Lost { get; init; }

    /// <summary>Ends beyond the first of a record.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Services that ended by themselves.</summary>
    public required int Crashes { get; init; }

    /// <summary>Most resident memory of each service.</summary>
    public required IReadOnlyList<ServiceMemory> Memory { get; init; }

    /// <summary>99th percentile of the healthy neighbours' time from the camera to the verdict, in milliseconds, while nothing hostile came.</summary>
    public required double HealthyP99Before { get; init; }

    /// <summary>The same while it came.</summary>
    public required double HealthyP99During { get; init; }

    /// <summary>By how much the neighbours were slower.</summary>
    public double Slowdown => HealthyP99During / HealthyP99Before;

    /// <summary>Whether it held.</summary>
    public bool Met => Lost == 0 && Missing == 0 && Unanswered == 0 && Crashes == 0 && Slowdown <= 2 && Memory.All(m => m.PeakMiB <= m.LimitMiB);
}
