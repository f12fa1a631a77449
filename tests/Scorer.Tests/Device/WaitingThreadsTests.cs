using System.Runtime.InteropServices;
using MoodStream.Scorer.Device;

namespace MoodStream.ScorerTests.Device;

/// <summary>What libtorch reads of the environment is set, and what was there is left alone.</summary>
[Collection(nameof(Pipeline.Alone))]
public sealed partial class WaitingThreadsTests
{
    [Fact]
    public void LetSleep_NothingSet_NativeCodeSeesFewRounds()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libgomp's variables are set on Linux alone");
        Environment.SetEnvironmentVariable(WaitingThreads.SpinCount, null);
        Environment.SetEnvironmentVariable(WaitingThreads.WaitPolicy, null);
        WaitingThreads.LetSleep();
        Assert.Equal(WaitingThreads.Rounds, Marshal.PtrToStringUTF8(Native(WaitingThreads.SpinCount)));
        Assert.Equal(WaitingThreads.Rounds, Environment.GetEnvironmentVariable(WaitingThreads.SpinCount));
    }

    [Fact]
    public void LetSleep_PolicySet_IsLeftAlone()
    {
        Environment.SetEnvironmentVariable(WaitingThreads.SpinCount, null);
        Environment.SetEnvironmentVariable(WaitingThreads.WaitPolicy, "ACTIVE");
        WaitingThreads.LetSleep();
        Assert.Null(Environment.GetEnvironmentVariable(WaitingThreads.SpinCount));
        Environment.SetEnvironmentVariable(WaitingThreads.WaitPolicy, null);
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Native(string name);
}
