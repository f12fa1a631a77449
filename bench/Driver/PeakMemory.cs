using System.Globalization;
using System.Runtime.InteropServices;

namespace MoodStream.Bench.Driver;

/// <summary>Peak of the resident memory of this process, as Linux counts it.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string ResetPeak = "/proc/self/clear_refs";
    private const string ResetPeakCommand = "5";

    /// <summary>
    /// Has glibc give every block of a megabyte back when it is freed. It would otherwise raise that bound as it goes and
    /// keep what it was given, which is counted then though nobody uses it.
    /// </summary>
    public static void GiveBackFreedBlocks()
    {
        const int mmapThreshold = -3, megabyte = 1 << 20;
        if (OperatingSystem.IsLinux()) _ = SetAllocator(mmapThreshold, megabyte);
    }

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

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAllocator(int parameter, int value);

    private static long Read(string field)
    {
        var line = File.ReadLines(Status).First(l => l.StartsWith(field, StringComparison.Ordinal));
        var kibibytes = line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) << 10;
    }
}
