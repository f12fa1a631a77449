using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MoodStream.Bench.Fuzz;

/// <summary>Ways to spoil an encoded image.</summary>
internal static class Mutations
{
    private const int DepthInHeader = 8, ColourInHeader = 9;

    // Made once: each costs as much time as the gate may take for many images.
    private static readonly Lazy<byte[]> TooLarge = new(() => Png(60_000, 60_000, rows: 64, rowBytes: 180_001));
    private static readonly Lazy<byte[]> WithoutEnd = new(() => Png(64, 64, rows: 4_000, rowBytes: 60_000));

    /// <summary>Up to 64 bits flipped, anywhere.</summary>
    public static byte[] FlipBits(byte[] image, Random random)
    {
        byte[] spoiled = [.. image];
        for (var i = random.Next(1, 65); i > 0; i--) spoiled[random.Next(spoiled.Length)] ^= (byte)(1 << random.Next(8));
        return spoiled;
    }

    /// <summary>Cut off somewhere.</summary>
    public static byte[] Truncate(byte[] image, Random random) => image[..random.Next(1, image.Length)];

    /// <summary>A JPEG whose frame header announces another size than its data have.</summary>
    public static byte[] LieOfJpeg(byte[] jpeg, Random random)
    {
        byte[] spoiled = [.. jpeg];
        for (var i = 2; i + 9 < spoiled.Length; i++)
        {
            if (spoiled[i] != 0xFF || spoiled[i + 1] is not (0xC0 or 0xC1 or 0xC2)) continue;
            BinaryPrimitives.WriteUInt16BigEndian(spoiled.AsSpan(i + 5), (ushort)random.Next(0, 65_536));
            BinaryPrimitives.WriteUInt16BigEndian(spoiled.AsSpan(i + 7), (ushort)random.Next(0, 65_536));
            break;
        }

        return spoiled;
    }

    /// <summary>A PNG that announces more or fewer pixels than it has, with a checksum that is right.</summary>
    public static byte[] LieOfPng(Random random) => Png(random.Next(0, 20_000), random.Next(0, 20_000), rows: 16, rowBytes: 49);

    /// <summary>A PNG of a few megabytes at most that unpacks to hundreds.</summary>
    /// <param name="tooLarge">Whether it announces more pixels than are taken; else it announces few, and its data go on and on.</param>
    public static byte[] Bomb(bool tooLarge) => tooLarge ? TooLarge.Value : WithoutEnd.Value;

    private static byte[] Png(int width, int height, int rows, int rowBytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[rowBytes];
            for (var i = 0; i < rows; i++) zlib.Write(row);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[DepthInHeader], header[ColourInHeader]) = (8, 2);       // eight bits, red green blue
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Checksum(body));
        return [.. length, .. body, .. sum];
    }

    /// <summary>CRC-32 as PNG has it (ISO 3309).</summary>
    private static uint Checksum(byte[] bytes)
    {
        const uint polynomial = 0xEDB88320;
        var sum = uint.MaxValue;
        foreach (var b in bytes)
        {
            sum ^= b;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ polynomial;
        }

        return ~sum;
    }
}
