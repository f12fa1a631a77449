using System.Buffers.Binary;

namespace MoodStream.Mood.Imaging;

/// <summary>Size of a JPEG from its frame header, and a bound on its scans.</summary>
internal static class JpegHeader
{
    /// <summary>
    /// Most scans of a progressive JPEG. Encoders write about ten; each one costs a pass over all coefficients however few
    /// bytes it has, so that without a bound a small file can hold a decoder for minutes.
    /// </summary>
    internal const int MaxScans = 500;

    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    /// <summary>Walks the marker segments up to the frame header.</summary>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        if (CountScans(encoded) > MaxScans) return Failed(ImageFault.Undecodable);

        var at = 2;
        while (true)
        {
            var skipped = encoded[at..].IndexOf((byte)0xFF);
            if (skipped < 0) return Failed(ImageFault.Truncated);
            at += skipped;
            while (at < encoded.Length && encoded[at] == 0xFF) at++;
            if (at >= encoded.Length) return Failed(ImageFault.Truncated);

            var marker = encoded[at++];
            if (StandsAlone(marker)) continue;
            if (marker is StartOfScan or EndOfImage) return Failed(ImageFault.Undecodable);
            if (encoded.Length - at < 2) return Failed(ImageFault.Truncated);
            if (IsFrameHeader(marker)) return FrameSize(encoded[at..]);

            at += BinaryPrimitives.ReadUInt16BigEndian(encoded[at..]);
            if (at >= encoded.Length) return Failed(ImageFault.Truncated);
        }
    }

    /// <summary>Whether the last scan has no end-of-image marker after it.</summary>
    public static bool IsCutOff(ReadOnlySpan<byte> encoded) =>
        encoded.LastIndexOf([(byte)0xFF, EndOfImage]) < encoded.LastIndexOf([(byte)0xFF, StartOfScan]);

    private static ImageHeader FrameSize(ReadOnlySpan<byte> segment) => segment.Length < 7
        ? Failed(ImageFault.Truncated)
        : ImageHeader.Sized(
            ImageContainer.Jpeg,
            BinaryPrimitives.ReadUInt16BigEndian(segment[5..]),
            BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));

    private static bool StandsAlone(byte marker) => marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8);

    // SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).
    private static bool IsFrameHeader(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    // Counts within comments and thumbnails too, which only makes the bound stricter.
    private static int CountScans(ReadOnlySpan<byte> encoded) => encoded.Count([(byte)0xFF, StartOfScan]);

    private static ImageHeader Failed(ImageFault fault) => ImageHeader.Failed(ImageContainer.Jpeg, fault);
}
