using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Flood;

/// <summary>What a gate did with more than it can take.</summary>
internal sealed record FloodResult
{
    /// <summary>Verdicts a second of the gate while it always had work.</summary>
    public required double Capacity { get; init; }

    /// <summary>Images a second that were offered.</summary>
    public required double Offered { get; init; }

    /// <summary>How long the flood lasted, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Images that the gateway acknowledged (202).</summary>
    public required int Taken { get; init; }

    /// <summary>Images that it refused for want of room (429), with the time to try again.</summary>
    public required int TooMany { get; init; }

    /// <summary>Images that it refused otherwise, by status.</summary>
    public required IReadOnlyDictionary<string, int> Otherwise { get; init; }

    /// <summary>Acknowledged images that ended nowhere.</summary>
    public required int Lost { get; init; }

    /// <summary>Records beyond the first of an id.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Services that ended by themselves.</summary>
    public required int Crashes { get; init; }

    /// <summary>Most resident memory of the gateway and of the scorer, in MiB, and the limits of the manifests in deploy/k8s.</summary>
    public required IReadOnlyList<ServiceMemory> Memory { get; init; }

    /// <summary>From the end of the flood until an image was taken again, in seconds.</summary>
    public required double SecondsToTakeAgain { get; init; }

    /// <summary>From the end of the flood until all that was taken had ended, in seconds.</summary>
    public required double SecondsToDrain { get; init; }

    /// <summary>Whether it held: nothing lost, nothing crashed, every refusal a 429, memory within its limits.</summary>
    public bool Met => Lost == 0 && Crashes == 0 && Otherwise.Count == 0 && TooMany > 0 && Memory.All(m => m.PeakMiB <= m.LimitMiB);
}
