using System.Diagnostics;
using MoodStream.Bench.Pipeline;
using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Latency;

/// <summary>Images that arrive when they arrive, whatever has become of those before: an open loop.</summary>
internal static class OpenLoop
{
    /// <summary>Arrivals at random, with that many a second on average (a Poisson process).</summary>
    /// <returns>Seconds from the start, ascending.</returns>
    public static double[] Arrivals(double perSecond, int count, int seed)
    {
        var (chance, at) = (new Random(seed), 0.0);
        return [.. Enumerable.Range(0, count).Select(_ => at -= Math.Log(1 - chance.NextDouble()) / perSecond)];
    }

    /// <summary>Puts an image in at each moment.</summary>
    /// <returns>Seconds from the moment each was due until a reader of the outputs has its verdict, in the order of the moments.</returns>
    public static async Task<double[]> RunAsync(GateUnderLoad gate, IReadOnlyList<double> arrivals, TimeProvider clock, CancellationToken cancellation)
    {
        var (first, place, began) = (gate.Load.Put, gate.Tape.Count, Stopwatch.GetTimestamp());
        var puts = new List<Task>();
        foreach (var due in arrivals)
        {
            while (due - Stopwatch.GetElapsedTime(began).TotalSeconds is > 0 and var early) await Task.Delay(TimeSpan.FromSeconds(early), clock, cancellation);
            puts.Add(gate.Load.PutAsync(cancellation));
        }

        await Task.WhenAll(puts);
        await gate.AllOutAsync(cancellation);
        var latencies = new double[arrivals.Count];
        foreach (var verdict in gate.Tape.From(place))
            latencies[FrameLoad.NumberOf(verdict.Id) - first] =
                Stopwatch.GetElapsedTime(began, verdict.At).TotalSeconds - arrivals[FrameLoad.NumberOf(verdict.Id) - first];
        return latencies;
    }
}
