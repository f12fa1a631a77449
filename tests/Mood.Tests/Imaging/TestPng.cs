using System.Buffers.Binary;
using System.IO.Compression;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Writes PNG files byte by byte, so that tests have the kinds that no encoder here writes.</summary>
internal sealed class TestPng(int width, int height, byte bitDepth, byte colourType)
{
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOf)];
    private readonly List<(string Type, byte[] Data)> _beforePixels = [];

    /// <summary>Adam7 interlacing: the rows given must then be the seven passes' rows.</summary>
    public bool Interlaced { get; init; }

    public TestPng With(string type, params byte[] data)
    {
        _beforePixels.Add((type, data));
        return this;
    }

    /// <summary>The file; each row is given without its filter byte.</summary>
    public byte[] Encode(params byte[][] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                zlib.WriteByte(0);
                zlib.Write(row);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (bitDepth, colourType, Interlaced ? (byte)1 : (byte)0);
        return
        [
            0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. _beforePixels.SelectMany(c => Chunk(c.Type, c.Data)),
            .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", []),
        ];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        var crc = ~body.Aggregate(uint.MaxValue, (c, b) => CrcTable[(c ^ b) & 0xFF] ^ (c >> 8));
        return [.. BigEndian((uint)data.Length), .. body, .. BigEndian(crc)];
    }

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static uint CrcOf(int n)
    {
        var c = (uint)n;
        for (var bit = 0; bit < 8; bit++) c = (c & 1) == 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
        return c;
    }
}
