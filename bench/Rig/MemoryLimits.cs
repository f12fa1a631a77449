using MoodStream.Bench.Driver;

namespace MoodStream.Bench.Rig;

/// <summary>Memory that services may take: the limits of the manifests in deploy/k8s, which a test compares.</summary>
internal static class MemoryLimits
{
    /// <summary>Most resident memory, in MiB.</summary>
    public const double GatewayMiB = 1_024, ScorerMiB = 3_072;

    private const double MiB = 1 << 20;

    /// <summary>Most resident memory of a fleet's first member so far, in MiB; 0 where it has ended.</summary>
    public static double PeakMiB(ServiceFleet fleet) => Math.Round((ProcessUse.Of(fleet.ProcessIdOf(0))?.PeakBytes ?? 0) / MiB, 1);
}

/// <summary>Most resident memory of a service.</summary>
/// <param name="Service">The service.</param>
/// <param name="PeakMiB">Most resident memory, in MiB.</param>
/// <param name="LimitMiB">Its limit, in MiB.</param>
internal sealed record ServiceMemory(string Service, double PeakMiB, double LimitMiB);
