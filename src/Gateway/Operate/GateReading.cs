using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Gateway.Operate;

/// <summary>Reads what operators see of a gate.</summary>
internal sealed class GateReading(
    IStatisticsStore statistics, LatestRefits refits, RefitRequests requests, DriftEpisodes drift, CaseStore cases, TimeProvider clock)
{
    private const int MostActivations = 100;

    /// <summary>Gates that have, or had, statistics; by name.</summary>
    public Task<IReadOnlyList<string>> GatesAsync(CancellationToken cancellation) => statistics.ListGatesAsync(cancellation);

    /// <summary>The gate; null where there is no such gate with statistics.</summary>
    public async Task<OperatedGate?> ReadAsync(string gate, CancellationToken cancellation)
    {
        // The pointer is read first: a change that comes in between makes the revision an old one, and no step on it is taken.
        var active = await statistics.ReadActiveAsync(gate, cancellation);
        var kept = await statistics.ListVersionsAsync(gate, cancellation);
        if (kept.Count == 0) return null;
        var history = await statistics.ReadHistoryAsync(gate, MostActivations, cancellation);
        var counts = await cases.CountAsync(gate, cancellation);
        return new()
        {
            Gate = gate,
            At = clock.GetUtcNow(),
            Active = active is { } its ? new(its.Version, its.Epoch, its.At) : null,
            Versions = [.. kept.Select(version => new OperatedVersion(version.Version, StandingOf(version, active, history), version.Header))],
            History = history,
            Refit = await refits.ReadAsync(gate, cancellation),
            Requests = await requests.WaitingAsync(gate, cancellation),
            Drift = await drift.ReadAsync(gate, cancellation),
            CasesWaiting = counts[CaseIndex.OpenByAge] + counts[CaseIndex.Escalated],
            Revision = RevisionOf(active, kept),
        };
    }

    private static VersionStanding StandingOf(KeptVersion version, ActiveStatistics? active, IReadOnlyList<StatisticsActivated> history)
    {
        if (version.Version == active?.Version) return VersionStanding.Active;
        if (version.Header is { Rejection: not null }) return VersionStanding.Rejected;
        if (history.Any(activated => activated.Version == version.Version)) return VersionStanding.Earlier;
        return version.Header is { Refused: true, HumanApproved: false } ? VersionStanding.Waiting : VersionStanding.Unused;
    }

    private static string RevisionOf(ActiveStatistics? active, IReadOnlyList<KeptVersion> kept)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{active?.Version} {active?.Epoch}");
        foreach (var version in kept)
            text.Append(CultureInfo.InvariantCulture, $"\n{version.Version} {version.Header?.Approval?.At:O} {version.Header?.Rejection?.At:O}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..24];
    }
}
