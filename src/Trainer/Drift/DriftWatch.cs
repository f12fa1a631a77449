using MoodStream.Contracts;
using MoodStream.Mood.Drift;

namespace MoodStream.Trainer.Drift;

/// <summary>Drift that began at a source of a gate.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Source">The source.</param>
/// <param name="StatisticsVersion">Statistics version that judged the images.</param>
/// <param name="Alarm">What was seen.</param>
public sealed record SourceDrift(string Gate, string Source, long StatisticsVersion, DriftAlarm Alarm);

/// <summary>A monitor for every gate and source that sends images; the one that was quiet longest gives way to a new one.</summary>
/// <remarks>Thread-safety: every member may be called from any thread; calls wait for each other.</remarks>
internal sealed class DriftWatch(DriftWatchSettings settings, DriftMetrics metrics)
{
    private readonly Dictionary<(string Gate, string Source), Watched> _watched = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, DriftEpisode>> _episodes = [];
    private readonly List<(string Gate, DriftEpisode Episode)> _over = [];
    private long _images;

    /// <summary>Pairs of gate and source that are watched.</summary>
    public int Count => _watched.Count;

    /// <summary>Takes the next image.</summary>
    /// <param name="image">An image with a p-value.</param>
    /// <param name="gate">The statistics that judged it.</param>
    /// <returns>The drift that begins with it; else null.</returns>
    public SourceDrift? Observe(ImageScored image, WatchedGate gate)
    {
        lock (_watched) return ObserveNext(image, gate);
    }

    /// <summary>Learns of a gate's episodes: monitors take over what other trainers saw and what people decided, also before a restart.</summary>
    public void Learn(string gate, IReadOnlyList<DriftEpisode> episodes)
    {
        lock (_watched)
        {
            _episodes[gate] = episodes.ToDictionary(e => e.Source, StringComparer.Ordinal);
            foreach (var (key, watched) in _watched.Where(w => w.Key.Gate == gate)) TakeOver(key, watched);
        }
    }

    /// <summary>Episodes that have come to their end since the last call.</summary>
    public IReadOnlyList<(string Gate, DriftEpisode Episode)> Ended()
    {
        lock (_watched)
        {
            (string, DriftEpisode)[] over = [.. _over];
            _over.Clear();
            return over;
        }
    }

    /// <summary>Statistics version that a source is watched with; null where nobody watches it here.</summary>
    public long? VersionOf(string gate, string source)
    {
        lock (_watched) return _watched.TryGetValue((gate, source), out var watched) ? watched.Gate?.Version : null;
    }

    private SourceDrift? ObserveNext(ImageScored image, WatchedGate gate)
    {
        var key = (image.Gate, image.Source);
        if (!_watched.TryGetValue(key, out var watched)) watched = Add(key);
        if (watched.Gate != gate)
        {
            gate.Begin(watched.Monitor);
            (watched.Gate, watched.Known) = (gate, null);
            TakeOver(key, watched);
        }
        watched.Latest = ++_images;
        var before = watched.Monitor.State;
        var alarm = watched.Monitor.Observe(gate.Observation(image, (ulong)settings.Seed));
        if (watched.Monitor.State != before || watched.Monitor.Images == 1) metrics.State(image.Gate, image.Source, watched.Monitor.State);
        if (before == DriftState.Drifting && watched.Monitor.State == DriftState.Watching) Over(key);
        return alarm is null ? null : new SourceDrift(image.Gate, image.Source, gate.Version, alarm);
    }

    private void TakeOver((string Gate, string Source) key, Watched watched)
    {
        if (watched.Gate is not { } gate || EpisodeOf(key) is not { } episode) return;
        if (episode.StatisticsVersion < gate.Version) Over(key);
        if (episode.StatisticsVersion != gate.Version || watched.Known == episode) return;
        if (episode.State == DriftEpisodeState.Kept) watched.Monitor.Keep();
        else if (episode.State == DriftEpisodeState.Accepted) watched.Monitor.AcceptAsNewNormal();
        else watched.Monitor.Resume();
        watched.Known = episode;
        metrics.State(key.Gate, key.Source, watched.Monitor.State);
    }

    private void Over((string Gate, string Source) key)
    {
        if (EpisodeOf(key) is { } episode) _over.Add((key.Gate, episode));
    }

    private DriftEpisode? EpisodeOf((string Gate, string Source) key) => _episodes.GetValueOrDefault(key.Gate)?.GetValueOrDefault(key.Source);

    private Watched Add((string Gate, string Source) key)
    {
        if (_watched.Count >= settings.MaxSources)
        {
            var quietest = _watched.MinBy(w => w.Value.Latest).Key;
            _watched.Remove(quietest);
            metrics.Forget(quietest.Gate, quietest.Source);
        }
        return _watched[key] = new Watched(new DriftMonitor(settings.Monitor));
    }

    private sealed class Watched(DriftMonitor monitor)
    {
        public DriftMonitor Monitor => monitor;

        /// <summary>What it began with; null before the first image.</summary>
        public WatchedGate? Gate { get; set; }

        /// <summary>The episode that the monitor has taken over; null for none.</summary>
        public DriftEpisode? Known { get; set; }

        public long Latest { get; set; }
    }
}
