using System.Buffers.Binary;
using System.Text.Json;

namespace MoodStream.Mood.Weights;

/// <summary>The header of a safetensors file, parsed with distrust: whatever is not exactly right is refused.</summary>
internal sealed record SafetensorsHeader(
    IReadOnlyDictionary<string, TensorEntry> Tensors,
    IReadOnlyDictionary<string, string> Metadata,
    long DataStart)
{
    /// <summary>The published limit of the format: a header of at most 100 MB.</summary>
    private const long MaxHeaderBytes = 100_000_000;

    /// <exception cref="SafetensorsException">The header is malformed, or does not fit the data.</exception>
    public static SafetensorsHeader Parse(ByteSource bytes, string source)
    {
        if (bytes.Length < 8) throw new SafetensorsException(source, $"not a safetensors file: it has {bytes.Length} bytes.");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Slice(0, 8));
        if (length > MaxHeaderBytes || (long)length > bytes.Length - 8)
            throw new SafetensorsException(source, $"the header claims {length} bytes of a file of {bytes.Length}.");

        using var json = ParseJson(bytes.Slice(8, (int)length), source);
        var dataStart = 8 + (long)length;
        var tensors = new Dictionary<string, TensorEntry>();
        var metadata = new Dictionary<string, string>();
        try
        {
            ReadMembers(json.RootElement, tensors, metadata, source);
        }
        catch (InvalidOperationException)          // how the JSON reader reports text that is no UTF-8, or half a surrogate pair
        {
            throw new SafetensorsException(source, "the header holds text that is not valid Unicode.");
        }
        RefuseGaps(tensors.Values, bytes.Length - dataStart, source);
        return new(tensors, metadata, dataStart);
    }

    private static void ReadMembers(
        JsonElement root, Dictionary<string, TensorEntry> tensors, Dictionary<string, string> metadata, string source)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name == "__metadata__") ReadMetadata(member.Value, metadata, source);
            else if (!tensors.TryAdd(member.Name, ReadEntry(member, source)))
                throw new SafetensorsException(source, $"the tensor '{Text(member.Name)}' occurs twice.");
        }
    }

    private static JsonDocument ParseJson(ReadOnlySpan<byte> header, string source)
    {
        try
        {
            var json = JsonDocument.Parse(header.ToArray(), new JsonDocumentOptions { MaxDepth = 8 });
            if (json.RootElement.ValueKind == JsonValueKind.Object) return json;
            json.Dispose();
        }
        catch (JsonException e)
        {
            throw new SafetensorsException(source, $"the header is not JSON (byte {e.BytePositionInLine ?? 0}).");
        }
        throw new SafetensorsException(source, "the header is not a JSON object.");
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata, string source)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new SafetensorsException(source, "__metadata__ is not an object.");
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
                throw new SafetensorsException(source, $"the metadata '{Text(member.Name)}' is not a string.");
            metadata[member.Name] = member.Value.GetString()!;
        }
    }

    private static TensorEntry ReadEntry(JsonProperty member, string source)
    {
        var name = Text(member.Name);
        if (member.Value.ValueKind != JsonValueKind.Object
            || !member.Value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !member.Value.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !member.Value.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array)
            throw new SafetensorsException(source, $"the tensor '{name}' lacks dtype, shape or data_offsets.");

        var type = dtype.GetString()!;
        if (!ElementTypes.TryParse(type, out var scalar, out var elementBytes))
            throw new SafetensorsException(source, $"the tensor '{name}' is of type '{Text(type)}'; known are {ElementTypes.AllNames}.");
        var sides = Integers(shape, name, "shape", source);
        var ends = Integers(offsets, name, "data_offsets", source);
        if (ends.Length != 2 || ends[0] > ends[1])
            throw new SafetensorsException(source, $"the data_offsets of '{name}' are not [begin, end].");
        if (!TryByteCount(sides, elementBytes, out var expected) || expected != ends[1] - ends[0])
            throw new SafetensorsException(source,
                $"the tensor '{name}' of shape [{string.Join(", ", sides)}] and type {type} does not fill its {ends[1] - ends[0]} bytes.");
        return new(member.Name, scalar, sides, ends[0], ends[1]);
    }

    private static long[] Integers(JsonElement array, string name, string what, string source)
    {
        if (array.GetArrayLength() > 16) throw new SafetensorsException(source, $"the {what} of '{name}' has too many entries.");
        return [.. array.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out var v) && v >= 0
            ? v
            : throw new SafetensorsException(source, $"the {what} of '{name}' holds something other than whole numbers from 0."))];
    }

    private static bool TryByteCount(long[] sides, int elementBytes, out long bytes)
    {
        bytes = elementBytes;
        foreach (var side in sides)
        {
            if (side != 0 && bytes > long.MaxValue / side) return false;
            bytes *= side;
        }
        return true;
    }

    /// <summary>The format allows neither holes nor overlaps: every byte of the data belongs to one tensor.</summary>
    private static void RefuseGaps(IEnumerable<TensorEntry> tensors, long dataBytes, string source)
    {
        long next = 0;
        foreach (var tensor in tensors.OrderBy(t => t.Begin).ThenBy(t => t.End))
        {
            if (tensor.Begin != next)
                throw new SafetensorsException(source, $"the tensor '{Text(tensor.Name)}' begins at byte {tensor.Begin}, not at {next}.");
            next = tensor.End;
        }
        if (next != dataBytes) throw new SafetensorsException(source, $"the tensors fill {next} of {dataBytes} data bytes.");
    }

    /// <summary>A name from a hostile file, fit for one line of an error message.</summary>
    private static string Text(string name) =>
        new([.. name.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);
}
