using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Chaos;

/// <summary>What every scorer says of itself while nothing ends; a run that stands still tells nothing else.</summary>
internal static class Standstill
{
    private const int LastLines = 20;

    /// <summary>Metrics that tell where images are: read, held, waiting, in transactions.</summary>
    private static readonly string[] Metrics =
        ["moodstream_streaming_", "moodstream_scorer_batches", "moodstream_scorer_held", "moodstream_scorer_images", "moodstream_scorer_ready", "moodstream_scorer_statistics"];

    /// <summary>Prints it.</summary>
    public static async Task TellAsync(ServiceFleet scorers, CancellationToken cancellation)
    {
        using var probe = new ServiceProbe();
        foreach (var member in scorers.Members)
        {
            Console.WriteLine($"{scorers.NameOf(member)}: {await probe.TextAsync(scorers.AddressOf(member), "/health/ready", cancellation)}");
            Tell((await probe.TextAsync(scorers.AddressOf(member), "/metrics", cancellation)).Split('\n').Where(IsOfInterest));
            Tell((await File.ReadAllLinesAsync(scorers.LogOf(member), cancellation)).Where(l => !l.Contains("dead-letter", StringComparison.OrdinalIgnoreCase)).TakeLast(LastLines));
        }
    }

    private static bool IsOfInterest(string metric) => Array.Exists(Metrics, m => metric.StartsWith(m, StringComparison.Ordinal));

    private static void Tell(IEnumerable<string> lines)
    {
        foreach (var line in lines) Console.WriteLine($"  {line}");
    }
}
