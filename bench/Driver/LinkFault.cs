namespace MoodStream.Bench.Driver;

/// <summary>What a <see cref="FaultyLink"/> does to what passes it, both ways.</summary>
internal sealed record LinkFault
{
    /// <summary>All passes as it comes.</summary>
    public static LinkFault None { get; } = new();

    /// <summary>Time by which bytes are late, one way; a question and its answer take twice as long.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Most bytes that pass in a second, each way of each connection; null: any number.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>Share of chunks in which one bit is flipped, in [0, 1].</summary>
    public double CorruptShare { get; init; }

    /// <summary>Bytes are taken and stay on their way until it ends; connections stay open, as when a cable is pulled.</summary>
    public bool Silent { get; init; }

    /// <summary>Connections are reset, and new ones refused.</summary>
    public bool Cut { get; init; }
}
