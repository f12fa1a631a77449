using System.Collections.Concurrent;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Registry;
using MoodStream.Trainer.Telemetry;
using static TorchSharp.torch;

namespace MoodStream.Trainer.Accumulation;

/// <summary>What features mean at each gate: the space of its active version, and the class that a feature is nearest to by it.</summary>
/// <remarks>A gate whose active pointer is gone keeps the space it had. Owned by one task at a time.</remarks>
internal sealed class GateSpaces(IStatisticsStore store, ILogger<GateSpaces> log) : IDisposable
{
    private readonly ReadBlob _read = store.ReadBlobAsync;
    private readonly ConcurrentDictionary<string, Known> _gates = new(StringComparer.Ordinal);

    /// <summary>The space of a gate as last looked up; null where it has none.</summary>
    public FeatureSpace? Of(string gate) => _gates.TryGetValue(gate, out var known) ? known.Space : null;

    /// <summary>The class that a usable feature is nearest to by the active version; null where it has one class.</summary>
    public int? Nearest(string gate, LearnedImage image)
    {
        if (!_gates.TryGetValue(gate, out var known) || known.Space is not { Classes: > 1 } space) return null;
        using var scope = NewDisposeScope();
        return known.Statistics!.Detector.Score(FeatureTensors.Rows([image], space.Dimension)).NearestClass?[0];
    }

    /// <summary>Looks which version is active, and reads it where it is another one.</summary>
    public async Task RefreshAsync(string gate, CancellationToken cancellation)
    {
        if (await store.ReadActiveAsync(gate, cancellation) is not { } active) return;
        if (_gates.TryGetValue(gate, out var before) && before.Version == active.Version) return;
        var known = await ReadAsync(gate, active.Version, cancellation);
        _gates[gate] = known;
        before?.Statistics?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var known in _gates.Values) known.Statistics?.Dispose();
        _gates.Clear();
    }

    private async Task<Known> ReadAsync(string gate, long version, CancellationToken cancellation)
    {
        var (statistics, problem) = await _read.TryReadAsync(gate, version, cancellation);
        if (statistics is not null)
        {
            if (FeatureSpace.Of(statistics) is { } space) return new(version, space, statistics);
            problem = $"its detector {statistics.Detector.Detector} cannot be fitted from moments";
            statistics.Dispose();
        }

        log.GateLearnsNothing(gate, problem!);
        return new(version, null, null);
    }

    private sealed record Known(long Version, FeatureSpace? Space, GateStatistics? Statistics);
}
