using MoodStream.Contracts;
using MoodStream.Trainer.Registry;

namespace MoodStream.Trainer.Drift;

/// <summary>The statistics that judged the latest images of each gate.</summary>
/// <remarks>
/// While scorers swap, images of two versions are mixed: those of the version that was left are passed over for a while. One task at
/// a time.
/// </remarks>
internal sealed class WatchedGates(ReadBlob read, ILogger log) : IDisposable
{
    private static readonly TimeSpan SwapTakes = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Known> _gates = [];

    /// <summary>The statistics that judged an image; null where it is to be passed over, or they cannot be had.</summary>
    public async Task<WatchedGate?> OfAsync(ImageScored image, CancellationToken cancellation)
    {
        if (image.PValue is null || image.StatisticsVersion <= 0) return null;
        if (!_gates.TryGetValue(image.Gate, out var known)) known = _gates[image.Gate] = new Known();
        if (known.Version == image.StatisticsVersion) return known.Gate;
        if (known.Left == image.StatisticsVersion && image.ScoredAt < known.Since + SwapTakes) return null;
        var next = await ReadAsync(image.Gate, image.StatisticsVersion, cancellation);
        known.Gate?.Dispose();
        _gates[image.Gate] = new Known
        {
            Version = image.StatisticsVersion, Left = known.Version, Since = image.ScoredAt, Gate = next,
        };
        return next;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var known in _gates.Values) known.Gate?.Dispose();
    }

    private async Task<WatchedGate?> ReadAsync(string gate, long version, CancellationToken cancellation)
    {
        var (statistics, problem) = await read.TryReadAsync(gate, version, cancellation);
        if (statistics is not null) return new WatchedGate(version, statistics);
        log.GateNotWatched(gate, problem!);
        return null;
    }

    private sealed class Known
    {
        public long Version { get; init; }

        public long Left { get; init; }

        public DateTimeOffset Since { get; init; }

        public WatchedGate? Gate { get; init; }
    }
}
