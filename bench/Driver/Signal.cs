using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MoodStream.Bench.Driver;

/// <summary>Signals that stop, freeze and wake a process of a benchmark.</summary>
internal static class Signal
{
    /// <summary>Numbers of signals on Linux.</summary>
    public const int Terminate = 15, Continue = 18, Stop = 19;

    /// <summary>Sends a signal; nothing happens where the process has ended.</summary>
    public static void Send(Process process, int signal)
    {
        if (!process.HasExited) _ = Kill(process.Id, signal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
