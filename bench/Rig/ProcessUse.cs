using System.Globalization;

namespace MoodStream.Bench.Rig;

/// <summary>What a process uses at a moment, as Linux counts it.</summary>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="PeakBytes">Most resident memory so far.</param>
/// <param name="Handles">Open file handles.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct ProcessUse(long ResidentBytes, long PeakBytes, int Handles, int Threads)
{
    /// <summary>What a process uses now; null where there is no such process.</summary>
    public static ProcessUse? Of(int process)
    {
        try
        {
            var status = File.ReadLines($"/proc/{process}/status").Select(l => l.Split(':', 2)).ToDictionary(p => p[0], p => p[1].Trim());
            return new(
                Number(status["VmRSS"]) << 10, Number(status["VmHWM"]) << 10, Directory.GetFiles($"/proc/{process}/fd").Length,
                (int)Number(status["Threads"]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KeyNotFoundException)
        {
            return null;     // it ends, or has ended
        }
    }

    private static long Number(string text) => long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
}
