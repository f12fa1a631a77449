using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Refit;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Accumulation;

namespace MoodStream.Trainer.Refit;

/// <summary>What a refit is compared with, read from the registry. The caller disposes it.</summary>
internal sealed record OwnedReference(GateStatistics Active, GateStatistics? OtherApproved, ActiveParent Parent, FeatureSpace? Space) : IDisposable
{
    /// <summary>As the guards want it.</summary>
    public RefitReference Reference => new(Active, OtherApproved ?? Active);

    /// <inheritdoc/>
    public void Dispose()
    {
        Active.Dispose();
        OtherApproved?.Dispose();
    }
}

/// <summary>Finds the active version, and the one that a person approved last.</summary>
internal sealed class RefitReferences(IStatisticsStore store)
{
    /// <summary>What a refit of a gate is compared with; null where it has no active version that can be read.</summary>
    /// <remarks>
    /// Where nobody has approved any version, the newest stands in that was not made by a refit: a person fitted it. A version whose
    /// features mean something else, or that people went back from, is passed over.
    /// </remarks>
    public async Task<OwnedReference?> ReadAsync(string gate, CancellationToken cancellation)
    {
        if (await store.ReadActiveAsync(gate, cancellation) is not { } active) return null;
        if (await ReadAsync(gate, active.Version, cancellation) is not { } statistics) return null;
        var space = FeatureSpace.Of(statistics);
        var other = space is null ? null : await ApprovedAsync(gate, active.Version, space, cancellation);
        return new(statistics, other, new(active.Version, active.Epoch), space);
    }

    private async Task<GateStatistics?> ApprovedAsync(string gate, long active, FeatureSpace space, CancellationToken cancellation)
    {
        var rollBacks = await RollBacks.ReadAsync(store, gate, cancellation);
        var kept = (await store.ListVersionsAsync(gate, cancellation))
            .Select(v => v.Header).OfType<StatisticsVersion>().Where(h => !rollBacks.LeftBehind(h)).ToList();
        var byPeople = kept.Where(h => h.HumanApproved).OrderByDescending(h => h.Approval!.At)
            .Concat(kept.Where(h => h is { HumanApproved: false, RefitId: null }).OrderByDescending(h => h.Version));
        foreach (var header in byPeople)
        {
            if (header.Version == active) return null;
            if (await ReadAsync(gate, header.Version, cancellation) is not { } statistics) continue;
            if (FeatureSpace.Of(statistics) == space) return statistics;
            statistics.Dispose();
        }

        return null;
    }

    private async Task<GateStatistics?> ReadAsync(string gate, long version, CancellationToken cancellation) =>
        await store.ReadBlobAsync(gate, version, cancellation) is { } blob
            ? GateStatistics.Read(blob, $"statistics {version} of gate {gate}")
            : null;
}
