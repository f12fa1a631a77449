using System.Runtime.InteropServices;

namespace MoodStream.Mood.Vision;

/// <summary>The memory that libtorch takes for the tensors of a pass.</summary>
/// <remarks>
/// glibc gives large blocks back to the system when they are freed, and the next pass has to have each page of them put in anew, empty: where
/// pages are dear, as in virtual machines, that took longer than some of the products that the memory was for. Kept, the memory
/// of one pass is that of the next; a process holds as much as its largest pass needed, as before, only longer.
/// Source: mallopt(3).
/// </remarks>
internal static partial class NativeHeap
{
    private const int TrimThreshold = -1, MmapThreshold = -3;       // of malloc.h

    /// <summary>The most that glibc allows: larger blocks always come from the system and go back to it; bytes.</summary>
    private const int LargestKept = 32 << 20;

    /// <summary>Freed memory at the end of the heap that is kept; bytes.</summary>
    private const int MostKept = 1 << 30;

    /// <summary>Keeps freed memory for this process, unless its environment says how memory is to be kept. Does nothing where there is no glibc.</summary>
    public static void KeepFreed()
    {
        if (!OperatingSystem.IsLinux() || EnvironmentDecides()) return;
        try
        {
            _ = SetOption(MmapThreshold, LargestKept);
            _ = SetOption(TrimThreshold, MostKept);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which keeps or gives back as it does.
        }
    }

    private static bool EnvironmentDecides() =>
        Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is not null
        || Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is not null
        || Environment.GetEnvironmentVariable("GLIBC_TUNABLES")?.Contains("glibc.malloc.", StringComparison.Ordinal) == true;

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
