using System.Globalization;
using System.Runtime.InteropServices;

namespace MoodStream.MoodTests.Vision;

/// <summary>Pages of libtorch's code and constants: which of them this process has, and taking them away as the system does when memory is short.</summary>
/// <remarks>Source: proc_pid_maps(5), proc_pid_pagemap(5), madvise(2).</remarks>
internal sealed partial class PagesOfLibtorch
{
    private const int BytesOfEntry = 8, DontNeed = 4;
    private const ulong PresentBit = 1UL << 63;
    private static readonly int Page = Environment.SystemPageSize;
    private readonly long _from;
    private readonly int _count;

    private PagesOfLibtorch(long from, long to) => (_from, _count) = (from, (int)((to - from) / Page));

    /// <summary>The mapping of libtorch that holds its code, and in this library its constants.</summary>
    public static PagesOfLibtorch Find()
    {
        var range = File.ReadLines("/proc/self/maps").First(m => m.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal) && m.Contains(" r-xp ", StringComparison.Ordinal))
            .Split(' ')[0].Split('-');
        return new(Address(range[0]), Address(range[1]));
    }

    /// <summary>Takes all away: the next use of each finds it in the file's cache.</summary>
    public void Drop() => Drop(_from, (long)_count * Page);

    /// <summary>Takes some away.</summary>
    public void Drop(IEnumerable<long> pages)
    {
        foreach (var page in pages) Drop(_from + page * Page, Page);
    }

    /// <summary>Numbers of the pages that this process has.</summary>
    public HashSet<long> Present() => [.. Enumerable.Range(0, _count).Where(Present(0, _count)).Select(page => (long)page)];

    /// <summary>Whether this process has a page.</summary>
    public bool Has(long page) => Present(page, 1)(0);

    private Func<int, bool> Present(long first, int count)
    {
        var entries = new byte[count * BytesOfEntry];
        using var map = File.OpenHandle("/proc/self/pagemap");
        Assert.Equal(entries.Length, RandomAccess.Read(map, entries, (_from / Page + first) * BytesOfEntry));
        return page => (BitConverter.ToUInt64(entries, page * BytesOfEntry) & PresentBit) != 0;
    }

    private static void Drop(long from, long bytes) => Assert.Equal(0, Advise((nint)from, (nint)bytes, DontNeed));

    private static long Address(string hexadecimal) => long.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint from, nint bytes, int how);
}
