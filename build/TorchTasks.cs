using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of TorchSharp's native shim in which the requirement of GLIBCXX_3.4.32 is weak, where the system's
/// libstdc++ lacks that version; otherwise writes nothing.
/// </summary>
/// <remarks>Format: ELF-64, section SHT_GNU_verneed (Verneed and Vernaux records), Linux Standard Base Core, 10.7.2.</remarks>
public class MakeTorchShimLoadable : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint VersionHash = 0x0297f842;
    private const uint SectionGnuVerneed = 0x6ffffffe;
    private const ushort FlagWeak = 2;

    [Required] public string Shim { get; set; }
    [Required] public string Copy { get; set; }
    [Output] public bool Written { get; set; }

    public override bool Execute()
    {
        if (SystemHasVersion()) return true;
        if (!AlteredCopy.IsThere(Shim, Copy)) Write();
        Written = true;
        return !Log.HasLoggedErrors;
    }

    private static bool SystemHasVersion()
    {
        foreach (var folder in new[] { "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib/x86_64-linux-gnu", "/usr/lib" })
        {
            var library = Path.Combine(folder, "libstdc++.so.6");
            if (File.Exists(library)) return Encoding.ASCII.GetString(File.ReadAllBytes(library)).Contains(Version + "\0");
        }
        return false;
    }

    private void Write()
    {
        var elf = File.ReadAllBytes(Shim);
        if (!MarkWeak(elf)) Log.LogMessage(MessageImportance.Normal, Shim + " does not ask for " + Version + ".");
        AlteredCopy.Write(elf, Shim, Copy);
    }

    /// <summary>Sets the weak flag on the one version requirement; true if it was found.</summary>
    private static bool MarkWeak(byte[] elf)
    {
        var sections = (int)BitConverter.ToUInt64(elf, 0x28);
        int entrySize = BitConverter.ToUInt16(elf, 0x3A), count = BitConverter.ToUInt16(elf, 0x3C);
        for (var i = 0; i < count; i++)
        {
            var header = sections + i * entrySize;
            if (BitConverter.ToUInt32(elf, header + 4) != SectionGnuVerneed) continue;
            var start = (int)BitConverter.ToUInt64(elf, header + 0x18);
            if (MarkWeakIn(elf, start)) return true;
        }
        return false;
    }

    private static bool MarkWeakIn(byte[] elf, int need)
    {
        while (true)
        {
            int auxiliaries = BitConverter.ToUInt16(elf, need + 2), auxiliary = need + (int)BitConverter.ToUInt32(elf, need + 8);
            for (var i = 0; i < auxiliaries; i++)
            {
                if (BitConverter.ToUInt32(elf, auxiliary) == VersionHash)
                {
                    BitConverter.GetBytes(FlagWeak).CopyTo(elf, auxiliary + 4);
                    return true;
                }
                auxiliary += (int)BitConverter.ToUInt32(elf, auxiliary + 12);
            }
            var next = (int)BitConverter.ToUInt32(elf, need + 12);
            if (next == 0) return false;
            need += next;
        }
    }
}

/// <summary>
/// Writes a copy of TorchSharp in which arguments live to the end of every call: its assembly is marked as one that is
/// not to be optimised.
/// </summary>
/// <remarks>
/// Optimised, an argument that only gives its native handle is garbage from then on, and its finalizer may free the
/// native number or tensor while the operation still reads it. Code that is not optimised keeps arguments to the end of a
/// method; TorchSharp's methods do little but call libtorch, so that it costs next to nothing.
/// Format: the value of a DebuggableAttribute(DebuggingModes) in the blob heap, ECMA-335, II.23.3.
/// </remarks>
public class KeepTorchArguments : Task
{
    /// <summary>Length, prolog, IgnoreSymbolStoreSequencePoints, no named arguments.</summary>
    private static readonly byte[] Optimised = { 8, 1, 0, 2, 0, 0, 0, 0, 0 };

    /// <summary>Where in it the modes lie, a little-endian integer.</summary>
    private const int Modes = 3;

    /// <summary>DebuggingModes Default and DisableOptimizations: the runtime heeds the second with the first only.</summary>
    private const ushort NotOptimised = 0x0101;

    [Required] public string Assembly { get; set; }
    [Required] public string Copy { get; set; }

    public override bool Execute()
    {
        if (AlteredCopy.IsThere(Assembly, Copy)) return true;
        var bytes = File.ReadAllBytes(Assembly);
        var found = Find(bytes, 0);
        if (found < 0 || Find(bytes, found + 1) >= 0)
        {
            Log.LogError(Assembly + " does not hold its DebuggableAttribute once, as expected. Is it another version? See decision 3.");
            return false;
        }
        for (var i = 0; i < sizeof(ushort); i++) bytes[found + Modes + i] |= (byte)(NotOptimised >> (8 * i));
        AlteredCopy.Write(bytes, Assembly, Copy);
        return true;
    }

    private static int Find(byte[] bytes, int from)
    {
        for (var i = from; i <= bytes.Length - Optimised.Length; i++)
        {
            var length = 0;
            while (length < Optimised.Length && bytes[i + length] == Optimised[length]) length++;
            if (length == Optimised.Length) return i;
        }
        return -1;
    }
}

/// <summary>An altered copy of a package's file; the file itself, hard-linked to the package cache, is never touched.</summary>
internal static class AlteredCopy
{
    /// <summary>Whether the copy was made of this very file.</summary>
    public static bool IsThere(string file, string copy) => File.Exists(copy) && File.GetLastWriteTimeUtc(copy) == TimeOf(file);

    /// <summary>Time of a copy: not the file's own, since copying skips what has the same time and size.</summary>
    private static DateTime TimeOf(string file) => File.GetLastWriteTimeUtc(file).AddSeconds(1);

    /// <summary>Puts it in place whole.</summary>
    public static void Write(byte[] bytes, string file, string copy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(copy));
        var temporary = copy + "." + System.Diagnostics.Process.GetCurrentProcess().Id + "-" + Environment.CurrentManagedThreadId;
        File.WriteAllBytes(temporary, bytes);
        File.SetLastWriteTimeUtc(temporary, TimeOf(file));
        try
        {
            File.Delete(copy);
            File.Move(temporary, copy);
        }
        catch (IOException) when (File.Exists(copy))
        {
            File.Delete(temporary);                 // a project built in parallel wrote the same bytes first
        }
    }
}
