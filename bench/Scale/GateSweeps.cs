using System.Diagnostics;
using MoodStream.Bench.Pipeline;

namespace MoodStream.Bench.Scale;

/// <summary>What an image costs a whole gate, by what there is many of.</summary>
/// <param name="plan">The gate.</param>
/// <param name="images">Images of a point.</param>
internal sealed class GateSweeps(GatePlan plan, int images)
{
    /// <summary>Images that may lie in Kafka at a time: the embedded one keeps 5 MiB of a partition.</summary>
    private const int MostInOnePartition = 320, MostInAll = 1_280, AllPartitions = 16;

    private const string Gates = "gates", Sources = "sources", Partitions = "partitions", Scorers = "scorers";
    private const string Microseconds = "µs an image", MiB = "MiB of a scorer";

    /// <summary>By the number of gates, all in one batch; and the memory of the scorer.</summary>
    public async Task<IReadOnlyList<ScalePoint>> ByGatesAsync(int largest, CancellationToken cancellation)
    {
        var points = new List<ScalePoint>();
        foreach (var count in MathsSweeps.PowersOfTen(largest))
        {
            string[] names = [.. Enumerable.Range(0, count).Select(g => $"gate-{g:D4}")];
            await using var gate = await GateUnderLoad.StartAsync(plan with { Gates = names }, TimeProvider.System, cancellation);
            gate.Load.SourceOf = image => names[image % count];
            var cost = await MeasureAsync(gate, images, count, cancellation);
            points.Add(new(Gates, count, cost, Microseconds, points.FirstOrDefault()?.Cost ?? cost));
            points.Add(new(Gates, count, gate.PeakMiB, MiB));
            Tell(points);
        }

        return points;
    }

    /// <summary>By the number of sources, each of which has an image at least; and by the number of partitions they come from.</summary>
    public async Task<IReadOnlyList<ScalePoint>> BySourcesAsync(int largest, CancellationToken cancellation)
    {
        var points = new List<ScalePoint>();
        await using var gate = await GateUnderLoad.StartAsync(plan, TimeProvider.System, cancellation);
        foreach (var count in MathsSweeps.PowersOfTen(largest))
        {
            gate.Load.SourceOf = image => $"source-{image % count}";
            var cost = await MeasureAsync(gate, Math.Max(images, count), count, cancellation);
            points.Add(new(Sources, count, cost, Microseconds, points.FirstOrDefault()?.Cost ?? cost));
            Tell(points);
        }

        foreach (var sources in await SourcesByPartitionsAsync(gate, cancellation))
        {
            gate.Load.SourceOf = image => sources[image % sources.Count];
            points.Add(new(Partitions, sources.Count, await MeasureAsync(gate, images, sources.Count, cancellation), Microseconds));
            Tell(points);
        }

        return points;
    }

    /// <summary>By the number of scorers on the same cores, beside the model; and the memory of each.</summary>
    public async Task<(IReadOnlyList<ScalePoint> Points, ThroughputModel Model)> ByScorersAsync(int largest, CancellationToken cancellation)
    {
        var (points, model) = (new List<ScalePoint>(), (ThroughputModel?)null);
        for (var count = 1; count <= largest; count++)
        {
            await using var gate = await GateUnderLoad.StartAsync(plan with { Scorers = count }, TimeProvider.System, cancellation);
            var cpu = CpuSecondsOf(gate);
            var (before, cost) = (gate.Load.Put, await MeasureAsync(gate, images, AllPartitions, cancellation));
            model ??= new ThroughputModel(Environment.ProcessorCount, (CpuSecondsOf(gate) - cpu) / (gate.Load.Put - before));
            points.Add(new(Scorers, count, cost, Microseconds, 1e6 / model.OfOne));
            points.Add(new(Scorers, count, gate.PeakMiB, MiB));
            Tell(points);
        }

        return (points, model!);
    }

    /// <summary>Microseconds of an image over passes that Kafka holds at a time.</summary>
    private static async Task<double> MeasureAsync(GateUnderLoad gate, int images, int sources, CancellationToken cancellation)
    {
        var (pass, done, seconds) = (Math.Min(images, sources < AllPartitions ? MostInOnePartition : MostInAll), 0, 0.0);
        for (; done < images; done += pass) seconds += (await gate.PassAsync(pass, cancellation)).Seconds;
        return 1e6 * seconds / done;
    }

    /// <summary>Lists of sources, each of another partition: 1, 2, 4, … of them. Where a source's images go shows when one is put in.</summary>
    private static async Task<IReadOnlyList<IReadOnlyList<string>>> SourcesByPartitionsAsync(GateUnderLoad gate, CancellationToken cancellation)
    {
        var found = new Dictionary<int, string>();
        for (var probe = 0; found.Count < AllPartitions; probe++)
        {
            var name = $"probe-{probe}";
            gate.Load.SourceOf = _ => name;
            found.TryAdd((await gate.Load.PutAsync(cancellation)).Partition, name);
        }

        await gate.AllOutAsync(cancellation);
        return [.. new[] { 1, 2, 4, 8, AllPartitions }.Select(count => found.Values.Take(count).ToList())];
    }

    /// <summary>Processor time of all scorers, and of this process, which is the broker and the camera.</summary>
    private static double CpuSecondsOf(GateUnderLoad gate)
    {
        using var here = Process.GetCurrentProcess();
        var sum = here.TotalProcessorTime;
        foreach (var scorer in gate.Rig.Scorers.Members)
        {
            using var process = Process.GetProcessById(gate.Rig.Scorers.ProcessIdOf(scorer));
            sum += process.TotalProcessorTime;
        }

        return sum.TotalSeconds;
    }

    private static void Tell(List<ScalePoint> points) =>
        Console.Error.WriteLine($"{points[^1].Sweep} {points[^1].Work:N0}: {string.Join(", ", points.Where(p => p.Work == points[^1].Work && p.Sweep == points[^1].Sweep).Select(p => $"{p.Cost:N1} {p.Unit}"))}");
}
