using TorchSharp;

namespace MoodStream.Mood.Weights;

/// <summary>One tensor of a safetensors file: its type and where its bytes lie.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Shape; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the start of the data section.</param>
/// <param name="End">One past the last byte.</param>
public sealed record TensorEntry(string Name, torch.ScalarType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Size in bytes.</summary>
    public long ByteCount => End - Begin;

    /// <summary>Number of elements.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, side) => product * side);
}

/// <summary>Element types of safetensors and their torch counterparts.</summary>
internal static class ElementTypes
{
    private static readonly (string Name, torch.ScalarType Type, int Bytes)[] Known =
    [
        ("F64", torch.ScalarType.Float64, 8), ("F32", torch.ScalarType.Float32, 4),
        ("F16", torch.ScalarType.Float16, 2), ("BF16", torch.ScalarType.BFloat16, 2),
        ("I64", torch.ScalarType.Int64, 8), ("I32", torch.ScalarType.Int32, 4),
        ("I16", torch.ScalarType.Int16, 2), ("I8", torch.ScalarType.Int8, 1),
        ("U8", torch.ScalarType.Byte, 1), ("BOOL", torch.ScalarType.Bool, 1),
    ];

    public static bool TryParse(string name, out torch.ScalarType type, out int bytes)
    {
        foreach (var known in Known)
        {
            if (known.Name != name) continue;
            (type, bytes) = (known.Type, known.Bytes);
            return true;
        }
        (type, bytes) = (default, 0);
        return false;
    }

    public static string NameOf(torch.ScalarType type)
    {
        foreach (var known in Known)
            if (known.Type == type)
                return known.Name;
        throw new ArgumentException($"Tensors of type {type} cannot be stored as safetensors.", nameof(type));
    }

    public static string AllNames => string.Join(", ", Known.Select(k => k.Name));
}
