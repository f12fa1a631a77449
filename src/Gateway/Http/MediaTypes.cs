namespace MoodStream.Gateway.Http;

/// <summary>The raster formats that come in and may be shown, told apart by their first bytes.</summary>
internal static class MediaTypes
{
    /// <summary>JPEG.</summary>
    public const string Jpeg = "image/jpeg";

    /// <summary>PNG.</summary>
    public const string Png = "image/png";

    /// <summary>WebP.</summary>
    public const string WebP = "image/webp";

    /// <summary>Windows bitmap.</summary>
    public const string Bmp = "image/bmp";

    /// <summary>GIF.</summary>
    public const string Gif = "image/gif";

    /// <summary>Bytes whose format the client does not know: the bytes decide.</summary>
    public const string Unknown = "application/octet-stream";

    /// <summary>Several images in one request.</summary>
    public const string Multipart = "multipart/form-data";

    /// <summary>Raster formats.</summary>
    public static IReadOnlyList<string> Raster { get; } = [Jpeg, Png, WebP, Bmp, Gif];

    /// <summary>What a body or a part with one image may be declared as.</summary>
    public static IReadOnlyList<string> OneImage { get; } = [.. Raster, Unknown];

    /// <summary>What a request body may be declared as.</summary>
    public static IReadOnlyList<string> Accepted { get; } = [.. OneImage, Multipart];

    /// <summary>The raster format that the bytes begin as; null where they begin as none.</summary>
    /// <remarks>Source: ISO/IEC 10918-1 B.2; PNG 3rd ed. §5.2; RFC 9649 §2.4; GIF89a §17; BITMAPFILEHEADER.</remarks>
    public static string? Sniff(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        if (bytes.StartsWith(PngSignature)) return Png;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) return Gif;
        if (bytes.Length >= 16 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBPVP8"u8)) return WebP;
        return IsBitmap(bytes) ? Bmp : null;
    }

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    // "BM" alone begins too many texts: the reserved words are zero and the header size is one of the known ones.
    private static bool IsBitmap(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 18 && bytes.StartsWith("BM"u8)
        && bytes[6..10].IndexOfAnyExcept((byte)0) < 0
        && bytes[14] is (12 or 40 or 52 or 56 or 64 or 108 or 124)
        && bytes[15..18].IndexOfAnyExcept((byte)0) < 0;
}
