using MoodStream.Contracts;
using MoodStream.Streaming.Drift;

namespace MoodStream.Trainer.Drift;

/// <summary>Keeps the monitors of this trainer and the episodes in Redis in step.</summary>
/// <remarks>
/// The sums of a monitor are in memory and begin anew with the trainer; that a drift goes on, and what people decided of it, is in Redis.
/// So an episode is told of once, whoever sees it, and a decision holds for every trainer and over restarts.
/// </remarks>
internal sealed class DriftMemory(DriftWatch watch, DriftEpisodes episodes, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly string _trainer = $"{Environment.MachineName}-{Environment.ProcessId}";
    private readonly Dictionary<string, long> _readAt = [];

    /// <summary>Looks at a gate's episodes where that was not done lately. One task at a time.</summary>
    public async Task RefreshAsync(string gate, CancellationToken cancellation)
    {
        if (_readAt.TryGetValue(gate, out var at) && clock.GetElapsedTime(at) < Interval) return;
        _readAt[gate] = clock.GetTimestamp();
        watch.Learn(gate, await episodes.ReadAsync(gate, cancellation));
    }

    /// <summary>Begins the episode of an alarm.</summary>
    /// <returns>The episode that goes on, and whether no trainer had seen it before.</returns>
    public async Task<(DriftEpisode Episode, bool Began)> BeginAsync(SourceDrift drift, CancellationToken cancellation)
    {
        var begun = await episodes.BeginAsync(drift.Gate, DriftEpisode.Of(drift, _trainer, clock.GetUtcNow()), cancellation);
        watch.Learn(drift.Gate, await episodes.ReadAsync(drift.Gate, cancellation));
        return begun;
    }

    /// <summary>Removes the episodes that have come to their end.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        foreach (var (gate, episode) in watch.Ended()) await episodes.TryRemoveAsync(gate, episode, clock.GetUtcNow(), cancellation);
    }

    /// <summary>Lays down what a person decided of a source; false where it neither drifts nor is watched here.</summary>
    public async Task<bool> DecideAsync(string gate, DriftDecisionBody decided, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await episodes.ReadAsync(gate, decided.Source, cancellation);
            var version = watch.VersionOf(gate, decided.Source) ?? before?.StatisticsVersion;
            if (version is null) return false;
            var episode = before?.StatisticsVersion == version ? before : Undrifted(gate, decided.Source, version.Value);
            var answer = new DriftAnswer(decided.Decision, decided.By, decided.Reason, clock.GetUtcNow());
            if (!await episodes.TryAnswerAsync(gate, before, episode, answer, cancellation)) continue;
            watch.Learn(gate, await episodes.ReadAsync(gate, cancellation));
            return true;
        }
    }

    /// <summary>People may decide of a source that is watched and raised no alarm.</summary>
    private DriftEpisode Undrifted(string gate, string source, long version) => new()
    {
        EpisodeId = $"{gate}-{source}-{version}", Source = source, StatisticsVersion = version, State = DriftEpisodeState.Drifting,
        BeganAt = clock.GetUtcNow(),
    };
}
