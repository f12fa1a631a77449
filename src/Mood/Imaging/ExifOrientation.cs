using System.Buffers.Binary;
using SkiaSharp;

namespace MoodStream.Mood.Imaging;

/// <summary>EXIF orientation (tag 0x0112) of PNG and WebP files, which the codec reads from JPEG only.</summary>
/// <remarks>
/// Anything malformed counts as upright: a wrong tag must not lose an image.
/// Source: CIPA DC-008 (EXIF), TIFF 6.0 §2; PNG third edition §11.3.4.5 (eXIf); RFC 9649 §2.7.1.4 (EXIF chunk).
/// </remarks>
internal static class ExifOrientation
{
    private const int Tag = 0x0112;
    private const int EntrySize = 12;

    /// <summary>The orientation that the file itself names.</summary>
    public static SKEncodedOrigin Read(ReadOnlySpan<byte> encoded, ImageContainer container) => container switch
    {
        ImageContainer.Png => InTiff(PngChunk(encoded, "eXIf"u8)),
        ImageContainer.WebP => InTiff(WithoutPrefix(RiffChunk(encoded, "EXIF"u8))),
        _ => SKEncodedOrigin.TopLeft,
    };

    private static ReadOnlySpan<byte> PngChunk(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> type)
    {
        var at = 8L;
        while (at + 12 <= encoded.Length)
        {
            var chunk = encoded[(int)at..];
            long length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - 12) break;
            if (chunk[4..8].SequenceEqual(type)) return chunk.Slice(8, (int)length);
            at += 12 + length;
        }

        return [];
    }

    private static ReadOnlySpan<byte> RiffChunk(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> type)
    {
        var at = 12L;
        while (at + 8 <= encoded.Length)
        {
            var chunk = encoded[(int)at..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - 8) break;
            if (chunk[..4].SequenceEqual(type)) return chunk.Slice(8, (int)length);
            at += 8 + length + (length & 1);
        }

        return [];
    }

    // Some writers keep JPEG's prefix in front of the TIFF structure.
    private static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> exif) =>
        exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;

    private static SKEncodedOrigin InTiff(ReadOnlySpan<byte> tiff)
    {
        var bigEndian = tiff.StartsWith("MM\0*"u8);
        if (tiff.Length < 8 || !(bigEndian || tiff.StartsWith("II*\0"u8))) return SKEncodedOrigin.TopLeft;

        var directory = UInt32(tiff[4..], bigEndian);
        if (directory > tiff.Length - 2) return SKEncodedOrigin.TopLeft;
        var entries = tiff[(int)directory..];
        var count = Math.Min(UInt16(entries, bigEndian), (entries.Length - 2) / EntrySize);
        for (var i = 0; i < count; i++)
        {
            var entry = entries.Slice(2 + i * EntrySize, EntrySize);
            if (UInt16(entry, bigEndian) != Tag) continue;
            var value = UInt16(entry[8..], bigEndian);
            return value is >= 1 and <= 8 ? (SKEncodedOrigin)value : SKEncodedOrigin.TopLeft;
        }

        return SKEncodedOrigin.TopLeft;
    }

    private static int UInt16(ReadOnlySpan<byte> bytes, bool bigEndian) => bigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static long UInt32(ReadOnlySpan<byte> bytes, bool bigEndian) => bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
