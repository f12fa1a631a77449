namespace MoodStream.Streaming.Batching;

/// <summary>When a batch closes: whichever limit is reached first.</summary>
public sealed record BatchPolicy
{
    /// <summary>Most items in a batch. Default 32.</summary>
    public int MaxCount { get; init; } = 32;

    /// <summary>Most bytes in a batch, by the caller's measure. Default 256 MiB.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Longest the first item waits for its batch to close; it waits for none where items come further apart. Default 20 ms.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMilliseconds(20);
}

/// <summary>Why a batch closed; a metric label.</summary>
public enum BatchTrigger
{
    /// <summary>It held the most items allowed.</summary>
    Count,

    /// <summary>It held the most bytes allowed.</summary>
    Bytes,

    /// <summary>Its first item had waited long enough.</summary>
    Age,

    /// <summary>The input ended.</summary>
    Drain,
}

/// <summary>Items that are worked on together, and why the batch closed.</summary>
public sealed record Batch<T>(IReadOnlyList<T> Items, BatchTrigger Trigger);
