using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MoodStream.Streaming.Images;

/// <summary>
/// A claim-check of <see cref="FileImageStore"/>: <c>aa/aabb…</c>, the SHA-256 of the bytes in 64 lower-case hexadecimal digits behind
/// its first two. Nothing else is a reference, so that no text from outside ever becomes a path.
/// </summary>
public readonly record struct ImageReference
{
    private const int PrefixDigits = 2, HashDigits = 64, Length = PrefixDigits + 1 + HashDigits;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private ImageReference(string hash) => Hash = hash;

    /// <summary>SHA-256 of the bytes, 64 lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>Folder below the store's root.</summary>
    public string Folder => Hash[..PrefixDigits];

    /// <summary>The reference of these bytes.</summary>
    public static ImageReference Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>Reads a reference; anything but the exact form is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ImageReference reference)
    {
        reference = default;
        if (text is not { Length: Length } || text[PrefixDigits] != '/') return false;

        var hash = text.AsSpan(PrefixDigits + 1);
        if (hash.ContainsAnyExcept(Digits) || !hash.StartsWith(text.AsSpan(0, PrefixDigits))) return false;
        reference = new ImageReference(hash.ToString());
        return true;
    }

    /// <summary>The reference as it stands in a header.</summary>
    public override string ToString() => $"{Folder}/{Hash}";
}
