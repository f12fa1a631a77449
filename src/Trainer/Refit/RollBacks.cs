using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Trainer.Refit;

/// <summary>What people went back from, as the history of a gate's activations tells it.</summary>
/// <remarks>Refits make ever newer versions, so that an activation of an older one is a person's.</remarks>
internal sealed class RollBacks(IReadOnlyList<StatisticsActivated> newestFirst)
{
    private const int Remembered = 100;

    /// <summary>Reads the history of a gate.</summary>
    public static async Task<RollBacks> ReadAsync(IStatisticsStore store, string gate, CancellationToken cancellation) =>
        new(await store.ReadHistoryAsync(gate, Remembered, cancellation));

    /// <summary>The roll-back that made the active version so; null where the last change was none.</summary>
    public StatisticsActivated? Last => newestFirst.FirstOrDefault(a => a.Version != a.Previous) is { } change && WentBack(change) ? change : null;

    /// <summary>Whether people went back to before a version, and have neither approved nor activated it since.</summary>
    public bool LeftBehind(StatisticsVersion version)
    {
        var back = newestFirst.FirstOrDefault(a => WentBack(a) && a.Version < version.Version && version.Version <= a.Previous);
        return back is not null && !(version.Approval?.At > back.At) && !newestFirst.Any(a => a.Version == version.Version && a.Epoch > back.Epoch);
    }

    private static bool WentBack(StatisticsActivated activation) => activation.Version < activation.Previous;
}
