using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;
using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Latency;

/// <summary>Images that arrive when they arrive, whatever has become of those before.</summary>
internal static class OpenLoop
{
    /// <summary>Arrivals at random, with that many a second on average (a Poisson process).</summary>
    /// <returns>Seconds from the start, ascending.</returns>
    public static double[] Arrivals(double perSecond, int count, int seed)
    {
        var (chance, at) = (new Random(seed), 0.0);
        return [.. Enumerable.Range(0, count).Select(_ => at -= Math.Log(1 - chance.NextDouble()) / perSecond)];
    }

    /// <summary>Arrivals at a steady rate, as of a line camera.</summary>
    /// <returns>Seconds from the start, ascending.</returns>
    public static double[] Steady(double perSecond, int count) => [.. DueCalls.Steady(perSecond, TimeSpan.MaxValue).Take(count)];

    /// <summary>What the forward passes alone would make of arrivals: each takes all that wait, up to a batch, and nothing else takes time.</summary>
    /// <param name="arrivals">Seconds from the start, ascending.</param>
    /// <param name="secondsOfBatch">Seconds of the pass of one image, of two, and so on, up to a batch.</param>
    /// <returns>Seconds from each arrival to the end of its pass.</returns>
    public static double[] ForwardAlone(IReadOnlyList<double> arrivals, IReadOnlyList<double> secondsOfBatch)
    {
        var (latencies, free) = (new double[arrivals.Count], 0.0);
        for (var first = 0; first < arrivals.Count;)
        {
            var begin = Math.Max(free, arrivals[first]);
            var end = first + 1;
            while (end < arrivals.Count && end - first < secondsOfBatch.Count && arrivals[end] <= begin) end++;
            free = begin + secondsOfBatch[end - first - 1];
            for (; first < end; first++) latencies[first] = free - arrivals[first];
        }

        return latencies;
    }

    /// <summary>Puts an image in at each moment.</summary>
    /// <returns>Seconds from the moment each was due until a reader of the outputs has its verdict, in the order of the moments.</returns>
    public static async Task<double[]> RunAsync(GateUnderLoad gate, IReadOnlyList<double> arrivals, TimeProvider clock, CancellationToken cancellation)
    {
        var (first, place, due) = (gate.Load.Put, gate.Tape.Count, new long[arrivals.Count]);
        await DueCalls.RunAsync(arrivals, (image, at) => { due[image] = at; return gate.Load.PutAsync(cancellation); }, clock, cancellation);
        await gate.AllOutAsync(cancellation);
        var latencies = new double[arrivals.Count];
        foreach (var verdict in gate.Tape.From(place))
        {
            var image = FrameLoad.NumberOf(verdict.Id) - first;
            latencies[image] = clock.GetElapsedTime(due[image], verdict.At).TotalSeconds;
        }

        return latencies;
    }
}
