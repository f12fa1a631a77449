namespace MoodStream.Cli.Ingest;

/// <summary>What <c>mood ingest</c> did. What was read is what was taken, refused and dropped together.</summary>
internal sealed record IngestResult
{
    /// <summary>Images read from files, frames or instances.</summary>
    public required long Read { get; init; }

    /// <summary>Images the gateway took.</summary>
    public required long Taken { get; init; }

    /// <summary>Images the gateway will never take.</summary>
    public required long Refused { get; init; }

    /// <summary>Frames of a live source that gave way to newer ones since the gateway was busy, or were left at the end.</summary>
    public required long Dropped { get; init; }

    /// <summary>Times that a source was opened again.</summary>
    public required long Reconnects { get; init; }

    /// <summary>Sources that were given up, and why.</summary>
    public required IReadOnlyDictionary<string, string> Evicted { get; init; }
}

/// <summary>Counts, and tells on the error stream what an operator should see.</summary>
/// <remarks>Thread-safety: any thread.</remarks>
internal sealed class IngestTally(TextWriter log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _evicted = [];
    private long _read, _taken, _refused, _dropped, _reconnects;

    /// <summary>The counts now.</summary>
    public IngestResult Result
    {
        get
        {
            lock (_lock)
                return new()
                {
                    Read = _read, Taken = _taken, Refused = _refused, Dropped = _dropped, Reconnects = _reconnects,
                    Evicted = new Dictionary<string, string>(_evicted),
                };
        }
    }

    /// <summary>An image was read.</summary>
    public void Read() => Interlocked.Increment(ref _read);

    /// <summary>A frame was given up for a newer one, or at the end.</summary>
    public void Dropped() => Interlocked.Increment(ref _dropped);

    /// <summary>An image was sent.</summary>
    /// <param name="name">What it is called where it comes from.</param>
    /// <param name="refusal">Why it was refused; null where it was taken.</param>
    public void Sent(string name, string? refusal)
    {
        if (refusal is null)
        {
            Interlocked.Increment(ref _taken);
            return;
        }
        Interlocked.Increment(ref _refused);
        Tell($"{name}: refused: {refusal}");
    }

    /// <summary>A source is opened again.</summary>
    public void Reconnects(string source, string reason, TimeSpan pause)
    {
        Interlocked.Increment(ref _reconnects);
        Tell($"{source}: {reason}; trying again in {pause.TotalSeconds:0.#} s");
    }

    /// <summary>A source is given up.</summary>
    public void Evicted(string source, string reason)
    {
        lock (_lock) _evicted[source] = reason;
        Tell($"{source}: given up: {reason}");
    }

    private void Tell(string line)
    {
        lock (_lock) log.WriteLine($"mood ingest: {line.ReplaceLineEndings(" ")}");
    }
}
