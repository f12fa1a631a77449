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
        if (!File.Exists(Copy) || File.GetLastWriteTimeUtc(Copy) != File.GetLastWriteTimeUtc(Shim)) Write();
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
        Directory.CreateDirectory(Path.GetDirectoryName(Copy));
        var temporary = Copy + "." + System.Diagnostics.Process.GetCurrentProcess().Id + "-" + Environment.CurrentManagedThreadId;
        File.WriteAllBytes(temporary, elf);
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(Shim));
        try
        {
            File.Delete(Copy);
            File.Move(temporary, Copy);
        }
        catch (IOException) when (File.Exists(Copy))
        {
            File.Delete(temporary);                 // a project built in parallel wrote the same bytes first
        }
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
