using System.Buffers.Binary;

namespace MoodStream.Mood.Imaging;

/// <summary>Containers that may reach the codec. All others it knows (ICO, WBMP, RAW, ...) are kept from it.</summary>
internal enum ImageContainer
{
    Jpeg,
    Png,
    WebP,
    Bmp,
    Gif,
}

/// <summary>Container and announced size, read from the first bytes alone: no codec, no memory.</summary>
/// <param name="Container">Container, by its magic bytes.</param>
/// <param name="Width">Announced width in pixels, not yet judged; may be 0.</param>
/// <param name="Height">Announced height in pixels, not yet judged; may be 0.</param>
/// <param name="Fault">Why the size could not be read, where it could not.</param>
/// <remarks>
/// Source: ISO/IEC 10918-1 annex B (JPEG), ISO/IEC 15948 §11.2.2 (PNG), RFC 9649 (WebP), the GIF89a specification §18,
/// and the BITMAPCOREHEADER and BITMAPINFOHEADER structures (BMP).
/// </remarks>
internal readonly record struct ImageHeader(ImageContainer Container, long Width, long Height, ImageFault? Fault)
{
    /// <summary>Deflate makes at most 258 bytes of two bits, the fewest that a match can take.</summary>
    private const double MostOfDeflate = 258 * 8 / 2;

    /// <summary>Fewest bits of the file that a pixel can take, on average; 0 where the container sets no bound.</summary>
    public double LeastBitsPerPixel { get; init; }

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the header, or null where the bytes start like none of the containers.</summary>
    public static ImageHeader? Read(ReadOnlySpan<byte> encoded) => encoded switch
    {
        [0xFF, 0xD8, 0xFF, ..] => JpegHeader.Read(encoded),
        _ when encoded.StartsWith(PngSignature) => Png(encoded),
        _ when encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8) => Gif(encoded),
        _ when encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8) => WebP(encoded),
        [(byte)'B', (byte)'M', ..] => Bmp(encoded),
        _ => null,
    };

    /// <summary>Whether so many bytes cannot hold the pixels that are announced, so that decoding would be for nothing.</summary>
    public bool AnnouncesMoreThan(int bytes) => LeastBitsPerPixel * Width * Height > 8.0 * bytes;

    /// <summary>Whether the file lacks its end. Only asked of files that could not be decoded.</summary>
    public static bool IsCutOff(ReadOnlySpan<byte> encoded, ImageContainer container) => container switch
    {
        ImageContainer.Jpeg => JpegHeader.IsCutOff(encoded),
        ImageContainer.Png => encoded.LastIndexOf("IEND"u8) < 0,
        ImageContainer.WebP => BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]) + 8L > encoded.Length,
        ImageContainer.Bmp => BinaryPrimitives.ReadUInt32LittleEndian(encoded[2..]) > encoded.Length,
        _ => false,
    };

    internal static ImageHeader Sized(ImageContainer container, long width, long height) =>
        new(container, width, height, null);

    internal static ImageHeader Failed(ImageContainer container, ImageFault fault) => new(container, 0, 0, fault);

    private static ImageHeader Png(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < 26) return Failed(ImageContainer.Png, ImageFault.Truncated);
        if (!encoded[12..].StartsWith("IHDR"u8)) return Failed(ImageContainer.Png, ImageFault.Undecodable);
        return Sized(
            ImageContainer.Png,
            BinaryPrimitives.ReadUInt32BigEndian(encoded[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(encoded[20..])) with { LeastBitsPerPixel = encoded[24] * ChannelsOfPng(encoded[25]) / MostOfDeflate };
    }

    private static int ChannelsOfPng(byte colourType) => colourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    private static ImageHeader Gif(ReadOnlySpan<byte> encoded) => encoded.Length < 10
        ? Failed(ImageContainer.Gif, ImageFault.Truncated)
        : Sized(ImageContainer.Gif, UInt16(encoded, 6), UInt16(encoded, 8));

    private static ImageHeader Bmp(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < 26) return Failed(ImageContainer.Bmp, ImageFault.Truncated);
        var headerSize = BinaryPrimitives.ReadUInt32LittleEndian(encoded[14..]);
        if (headerSize == 12) return Sized(ImageContainer.Bmp, UInt16(encoded, 18), UInt16(encoded, 20));

        // A negative height says that rows run top to bottom.
        var width = (long)BinaryPrimitives.ReadInt32LittleEndian(encoded[18..]);
        var height = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(encoded[22..]));
        return width < 0
            ? Failed(ImageContainer.Bmp, ImageFault.Undecodable)
            : Sized(ImageContainer.Bmp, width, height) with { LeastBitsPerPixel = IsRunLength(encoded) ? 0 : UInt16(encoded, 28) };
    }

    private static bool IsRunLength(ReadOnlySpan<byte> bmp) => bmp.Length < 34 || BinaryPrimitives.ReadUInt32LittleEndian(bmp[30..]) is not (0 or 3);

    private static ImageHeader WebP(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < 30) return Failed(ImageContainer.WebP, ImageFault.Truncated);
        var chunk = encoded[12..];
        if (chunk.StartsWith("VP8X"u8))
            return Sized(ImageContainer.WebP, UInt24(encoded, 24) + 1, UInt24(encoded, 27) + 1);

        if (chunk.StartsWith("VP8L"u8))
        {
            var sizes = BinaryPrimitives.ReadUInt32LittleEndian(encoded[21..]);
            return Sized(ImageContainer.WebP, (sizes & 0x3FFF) + 1, ((sizes >> 14) & 0x3FFF) + 1);
        }

        return chunk.StartsWith("VP8 "u8)
            ? Sized(ImageContainer.WebP, UInt16(encoded, 26) & 0x3FFF, UInt16(encoded, 28) & 0x3FFF)
            : Failed(ImageContainer.WebP, ImageFault.Undecodable);
    }

    private static long UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static long UInt24(ReadOnlySpan<byte> bytes, int at) => UInt16(bytes, at) | ((long)bytes[at + 2] << 16);
}
