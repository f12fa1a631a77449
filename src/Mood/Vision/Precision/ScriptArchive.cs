using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Precision;

/// <summary>Turns TorchScript source into a module that runs it.</summary>
/// <remarks>
/// libtorch's fused operators, <c>ops.mkldnn</c>, have no binding in TorchSharp, and <c>jit.compile</c> does not know
/// them; a saved module may name any operator. So the source is wrapped as such a file, in memory.
/// Source of the layout: PyTorch's documentation, "TorchScript serialization"; the object is a class without state.
/// </remarks>
internal static class ScriptArchive
{
    /// <summary>Name that the class in the source must have.</summary>
    public const string ClassName = "Forward";

    /// <summary>Pickle protocol 2: an object of the class whose one attribute, training, is false.</summary>
    private static readonly byte[] Object =
    [
        0x80, 2, .. "c__torch__\n"u8, .. "Forward\n"u8, .. ")"u8, 0x81, .. "}X"u8, 8, 0, 0, 0, .. "training"u8, 0x89, .. "sb."u8,
    ];

    /// <summary>Pickle protocol 2: an empty tuple.</summary>
    private static readonly byte[] NoConstants = [0x80, 2, .. ")."u8];

    /// <summary>Compiles.</summary>
    /// <param name="source">A class <see cref="ClassName"/> in the dialect of saved modules.</param>
    /// <returns>The module. The caller disposes it.</returns>
    public static jit.ScriptModule Load(string source)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "data.pkl", Object);
            Add(archive, "code/__torch__.py", Encoding.UTF8.GetBytes(source));
            Add(archive, "constants.pkl", NoConstants);
            Add(archive, "version", "3\n"u8);
        }
        return jit.load(file.ToArray());
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> bytes)
    {
        // The reader maps entries as they lie and knows no compression.
        using var entry = archive.CreateEntry("forward/" + name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }
}
