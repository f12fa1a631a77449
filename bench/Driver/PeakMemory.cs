using System.Globalization;

namespace MoodStream.Bench.Driver;

/// <summary>Peak of the resident memory of this process, as Linux counts it.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string ResetPeak = "/proc/self/clear_refs";
    private const string ResetPeakCommand = "5";

    /// <summary>Bytes by which the work raised the resident memory at its worst.</summary>
    /// <exception cref="PlatformNotSupportedException">The system does not count it.</exception>
    public static long BytesOf(Action work)
    {
        if (!File.Exists(ResetPeak)) throw new PlatformNotSupportedException($"There is no {ResetPeak}: memory is measured on Linux only.");
        File.WriteAllText(ResetPeak, ResetPeakCommand);
        var before = Read("VmRSS:");
        work();
        return Read("VmHWM:") - before;
    }

    private static long Read(string field)
    {
        var line = File.ReadLines(Status).First(l => l.StartsWith(field, StringComparison.Ordinal));
        var kibibytes = line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) << 10;
    }
}
