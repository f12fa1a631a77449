using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MoodStream.Mood.Datasets;

/// <summary>An array of bytes in a MATLAB file.</summary>
/// <param name="Sides">Length of each axis; the first one runs fastest.</param>
/// <param name="Values">The values.</param>
internal sealed record MatArray(IReadOnlyList<int> Sides, byte[] Values);

/// <summary>Reads the arrays of a MATLAB 5 file whose values are stored as bytes: what SVHN consists of.</summary>
/// <remarks>
/// Source: The MathWorks, "MAT-File Format", level 5. Only little-endian files, and only arrays stored as unsigned bytes;
/// other elements are passed over. Nothing is allocated beyond what an element says and its bytes hold.
/// </remarks>
internal static class MatFile
{
    private const int HeaderBytes = 128;
    private const int EndianPlace = 126;
    private const int TagBytes = 8;
    private const int TypeUInt8 = 2;
    private const int TypeMatrix = 14;
    private const int TypeCompressed = 15;
    private const int MostAxes = 8;

    /// <summary>Arrays by name.</summary>
    /// <exception cref="DatasetException">It is no such file, or is damaged.</exception>
    public static IReadOnlyDictionary<string, MatArray> Read(string path)
    {
        var bytes = DatasetFiles.ReadAll(path);
        if (bytes.Length < HeaderBytes || bytes[EndianPlace] != 'I' || bytes[EndianPlace + 1] != 'M')
            throw new DatasetException($"{path} is no little-endian MATLAB 5 file.");
        var arrays = new Dictionary<string, MatArray>(StringComparer.Ordinal);
        try
        {
            for (ReadOnlyMemory<byte> rest = bytes.AsMemory(HeaderBytes); rest.Length > 0;)
            {
                var (type, content, after) = Next(rest, padded: false);
                if (type == TypeCompressed) (type, content, _) = Next(Inflate(content), padded: false);
                if (type == TypeMatrix && Matrix(content) is { } named) arrays[named.Name] = named.Array;
                rest = after;
            }
            return arrays;
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException)
        {
            throw new DatasetException($"{path} is damaged: {e.Message}");
        }
    }

    private static (int Type, ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> After) Next(ReadOnlyMemory<byte> data, bool padded)
    {
        if (data.Length < TagBytes) throw new InvalidDataException("an element ends within its tag.");
        var first = BinaryPrimitives.ReadUInt32LittleEndian(data.Span);
        if (first >> 16 is > 0 and <= 4 and var small)                           // type, size and data in one tag
            return ((int)(first & 0xFFFF), data.Slice(4, (int)small), data[TagBytes..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(data.Span[4..]);
        if (size > data.Length - TagBytes) throw new InvalidDataException($"an element of {size} bytes runs over the end.");
        var end = TagBytes + (int)size;
        var next = padded ? Math.Min(data.Length, (end + 7) / 8 * 8) : end;
        return ((int)first, data[TagBytes..end], data[next..]);
    }

    /// <summary>Unpacks one element: as many bytes as its own tag says.</summary>
    private static byte[] Inflate(ReadOnlyMemory<byte> packed)
    {
        using var stream = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        var tag = new byte[TagBytes];
        if (stream.ReadAtLeast(tag, TagBytes, throwOnEndOfStream: false) < TagBytes)
            throw new InvalidDataException("a packed element ends within its tag.");
        var size = BinaryPrimitives.ReadUInt32LittleEndian(tag.AsSpan(4));
        if (size > 1032L * packed.Length || size > int.MaxValue - TagBytes)      // deflate packs no tighter than 1 : 1032
            throw new InvalidDataException($"a packed element says {size} bytes, more than its {packed.Length} can hold.");
        var whole = new byte[TagBytes + size];
        tag.CopyTo(whole, 0);
        return stream.ReadAtLeast(whole.AsSpan(TagBytes), (int)size, throwOnEndOfStream: false) == size
            ? whole
            : throw new InvalidDataException("a packed element is cut short.");
    }

    /// <summary>Flags, sides, name, values; null where the values are not stored as bytes.</summary>
    private static (string Name, MatArray Array)? Matrix(ReadOnlyMemory<byte> content)
    {
        var (_, _, afterFlags) = Next(content, padded: true);
        var (_, sideBytes, afterSides) = Next(afterFlags, padded: true);
        var (_, name, afterName) = Next(afterSides, padded: true);
        var (type, values, _) = Next(afterName, padded: true);
        if (type != TypeUInt8 || sideBytes.Length / 4 is < 1 or > MostAxes) return null;
        int[] sides = [.. Enumerable.Range(0, sideBytes.Length / 4)
            .Select(i => BinaryPrimitives.ReadInt32LittleEndian(sideBytes.Span[(4 * i)..]))];
        var count = sides.Aggregate(1L, (product, side) => checked(product * side));
        return sides.Any(s => s < 0) || count != values.Length
            ? throw new InvalidDataException($"an array of sides {string.Join(" x ", sides)} has {values.Length} values.")
            : (Encoding.ASCII.GetString(name.Span), new MatArray(sides, values.ToArray()));
    }
}
