namespace MoodStream.Bench.Scale;

/// <summary>What a gate of several machines is expected to do, from what one image costs on one of them.</summary>
/// <remarks>
/// A machine does all its work on the same cores, so that the costs of the stages add up and overlap costs nothing more. Differs
/// where the forward pass has a device of its own: then the slower of the two bounds it.
/// </remarks>
/// <param name="Cores">Cores of a machine, m.</param>
/// <param name="CpuSeconds">Processor time of an image over all stages, c.</param>
/// <param name="DeviceSeconds">Time of an image on a device of its own, d; 0 where the forward pass runs on the cores.</param>
internal sealed record ThroughputModel(int Cores, double CpuSeconds, double DeviceSeconds = 0)
{
    /// <summary>Images a second of one machine: min(m / c, 1 / d).</summary>
    public double OfOne => Math.Min(Cores / CpuSeconds, DeviceSeconds > 0 ? 1 / DeviceSeconds : double.PositiveInfinity);

    /// <summary>
    /// Images a second of N machines that share P partitions with equal traffic: the machine with the most partitions, ⌈P / N⌉ of
    /// them, is full first.
    /// </summary>
    /// <param name="machines">N, at least 1; those beyond the partitions have nothing to do.</param>
    /// <param name="partitions">P, at least 1.</param>
    public double Of(int machines, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(machines, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        var most = Math.Ceiling((double)partitions / machines);
        return OfOne * partitions / most;
    }

    /// <summary>
    /// Mean seconds that an image waits for a machine at a load ρ, arrivals at random and each image served in the same time s:
    /// ρ s / (2 (1 − ρ)) (Pollaczek–Khinchine for M/D/1). Batches make it less.
    /// </summary>
    /// <param name="load">Share of the throughput that arrives, in [0, 1).</param>
    public double MeanWait(double load)
    {
        if (load is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(load), load, "It lies in [0, 1).");
        return load / OfOne / (2 * (1 - load));
    }
}
