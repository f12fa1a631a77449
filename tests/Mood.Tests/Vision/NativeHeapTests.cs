using System.Runtime.InteropServices;
using MoodStream.Mood.Vision;

namespace MoodStream.MoodTests.Vision;

public sealed unsafe partial class NativeHeapTests
{
    private const int Blocks = 3, Bytes = 12 << 20, Page = 4096, ThisThread = 1;

    /// <summary>What the kernel counts of a thread; the field that is looked at lies behind two times of 16 bytes and four counts.</summary>
    private const int UsageBytes = 256, MinorFaultsAt = 2 * 16 + 4 * 8;

    [Fact]
    public void KeepFreed_BlocksAreTakenAgain_HaveTheirPagesStill()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("glibc's heap is that of Linux");
        NativeHeap.KeepFreed();
        TakeAndFree();
        var before = MinorFaults();

        for (var pass = 0; pass < 4; pass++) TakeAndFree();

        Assert.InRange(MinorFaults() - before, 0, Blocks * Bytes / Page);        // given back, each of the four passes would bring them all in
    }

    private static void TakeAndFree()
    {
        var blocks = stackalloc void*[Blocks];
        for (var i = 0; i < Blocks; i++)
        {
            blocks[i] = NativeMemory.Alloc(Bytes);
            for (var at = 0; at < Bytes; at += Page) ((byte*)blocks[i])[at] = 1;
        }

        for (var i = 0; i < Blocks; i++) NativeMemory.Free(blocks[i]);
    }

    private static long MinorFaults()
    {
        var usage = stackalloc byte[UsageBytes];
        Assert.Equal(0, Usage(ThisThread, usage));
        return *(long*)(usage + MinorFaultsAt);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int Usage(int who, byte* usage);
}
