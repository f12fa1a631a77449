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
            if (IsFrameHeader(marker)) return Frame(marker, encoded[at..]);

            at += BinaryPrimitives.ReadUInt16BigEndian(encoded[at..]);
            if (at >= encoded.Length) return Failed(ImageFault.Truncated);
        }
    }

    /// <summary>Whether the last scan has no end-of-image marker after it.</summary>
    public static bool IsCutOff(ReadOnlySpan<byte> encoded) =>
        encoded.LastIndexOf([(byte)0xFF, EndOfImage]) < encoded.LastIndexOf([(byte)0xFF, StartOfScan]);

    private static ImageHeader Frame(byte marker, ReadOnlySpan<byte> segment) => segment.Length < 7
        ? Failed(ImageFault.Truncated)
        : ImageHeader.Sized(
            ImageContainer.Jpeg,
            BinaryPrimitives.ReadUInt16BigEndian(segment[5..]),
            BinaryPrimitives.ReadUInt16BigEndian(segment[3..])) with { LeastBitsPerPixel = LeastBits(marker) * BlocksPerPixel(segment) };

    /// <summary>Fewest bits of a block of 8 x 8 samples: the codes of its mean and of its end; of a progressive image's first scan, of its mean.</summary>
    private static int LeastBits(byte marker) => marker switch { 0xC0 or 0xC1 => 2, 0xC2 => 1, _ => 0 };

    /// <summary>Blocks of all components for each pixel, by how each is sampled; 0 where the header does not say.</summary>
    private static double BlocksPerPixel(ReadOnlySpan<byte> segment)
    {
        const int first = 8, each = 3, sampling = 1;
        var (samples, most) = (0, (Across: 0, Down: 0));
        for (var c = 0; segment.Length >= first && c < segment[first - 1]; c++)
        {
            if (first + c * each + sampling >= segment.Length) return 0;
            var factors = segment[first + c * each + sampling];
            var (across, down) = (factors >> 4, factors & 0xF);
            samples += across * down;
            most = (Math.Max(most.Across, across), Math.Max(most.Down, down));
        }
        return samples == 0 ? 0 : samples / (64.0 * most.Across * most.Down);
    }

    private static bool StandsAlone(byte marker) => marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8);

    // SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).
    private static bool IsFrameHeader(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    // Counts within comments and thumbnails too, which only makes the bound stricter.
    private static int CountScans(ReadOnlySpan<byte> encoded) => encoded.Count([(byte)0xFF, StartOfScan]);

    private static ImageHeader Failed(ImageFault fault) => ImageHeader.Failed(ImageContainer.Jpeg, fault);
}
