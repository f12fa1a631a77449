using System.Security.Cryptography;
using System.Text;

namespace MoodStream.Mood.Gates;

/// <summary>
/// A SHA-256 over every byte of a file, kept inside it: it is taken while its own place holds zeros. It finds damage,
/// not malice.
/// </summary>
internal static class ContentSeal
{
    /// <summary>Name of the seal in the header.</summary>
    public const string Name = "sha256";

    /// <summary>What stands in the seal's place before the file is closed.</summary>
    public static string Open { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Puts the seal into a file that was written with <see cref="Open"/> in its place.</summary>
    public static void Close(Span<byte> file)
    {
        var seal = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file)));
        seal.CopyTo(file[PlaceOf(file, Open)..]);
    }

    /// <summary>Refuses a file whose bytes are not those that were sealed.</summary>
    /// <exception cref="FormatException">A byte differs, or there is no seal.</exception>
    public static void Require(ReadOnlySpan<byte> file, string seal)
    {
        if (seal.Length != Open.Length || PlaceOf(file, seal) is var place && place < 0) throw new FormatException("the seal is missing.");
        var open = file.ToArray();
        Encoding.ASCII.GetBytes(Open).CopyTo(open.AsSpan(place));
        if (Convert.ToHexStringLower(SHA256.HashData(open)) != seal) throw new FormatException("the bytes are damaged: their SHA-256 differs.");
    }

    private static int PlaceOf(ReadOnlySpan<byte> file, string seal)
    {
        var name = Encoding.ASCII.GetBytes($"\"{Name}\":\"");
        var place = file.IndexOf([.. name, .. Encoding.UTF8.GetBytes(seal)]);
        return place < 0 ? place : place + name.Length;
    }
}
