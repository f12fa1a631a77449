using System.Runtime.InteropServices;

namespace MoodStream.Scorer.Device;

/// <summary>Lets the threads of libtorch sleep while they wait for work.</summary>
/// <remarks>
/// By default each spins for some 300,000 rounds, milliseconds, after every operation: a scorer with little to do keeps a core busy, and
/// where others want the cores too, the spinning takes from the forward pass itself what it waits for. A few thousand rounds
/// still bridge the gaps within a forward pass.
/// </remarks>
internal static partial class WaitingThreads
{
    internal const string SpinCount = "GOMP_SPINCOUNT", WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>Rounds of spinning, some tens of microseconds.</summary>
    internal const string Rounds = "2000";

    /// <summary>Sets it for this process, unless its environment says otherwise. Only before libtorch is loaded, which reads it then.</summary>
    public static void LetSleep()
    {
        if (!OperatingSystem.IsLinux()) return;
        if (Environment.GetEnvironmentVariable(SpinCount) is not null || Environment.GetEnvironmentVariable(WaitPolicy) is not null) return;
        Environment.SetEnvironmentVariable(SpinCount, Rounds);             // what this process starts inherits .NET's copy
        _ = SetVariable(SpinCount, Rounds, overwrite: 0);                  // what libtorch reads is the process's own, which .NET leaves alone
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
