namespace MoodStream.Bench.Fuzz;

/// <summary>Something hostile, and the way it comes in.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Id">Image id that it is given, where its way and its kind leave it one.</param>
/// <param name="Bytes">What stands for an image.</param>
internal sealed record FuzzItem(string Kind, string Id, byte[] Bytes)
{
    /// <summary>Media type it is declared as, by HTTP; null: it comes straight into Kafka.</summary>
    public string? MediaType { get; init; }

    /// <summary>Key of the record.</summary>
    public byte[]? Key { get; init; }

    /// <summary>Headers of the record.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]?>> Headers { get; init; } = [];
}
