using MoodStream.Contracts;
using MoodStream.Mood.Drift;

namespace MoodStream.Trainer.Drift;

/// <summary>Drift that began at a source of a gate.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Source">The source.</param>
/// <param name="Alarm">What was seen.</param>
public sealed record SourceDrift(string Gate, string Source, DriftAlarm Alarm);

/// <summary>A monitor for every gate and source that sends images; the one that was quiet longest gives way to a new one.</summary>
/// <remarks>Thread-safety: every member may be called from any thread; calls wait for each other.</remarks>
internal sealed class DriftWatch(DriftWatchSettings settings, DriftMetrics metrics)
{
    private readonly Dictionary<(string Gate, string Source), Watched> _watched = [];
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

    private SourceDrift? ObserveNext(ImageScored image, WatchedGate gate)
    {
        var key = (image.Gate, image.Source);
        if (!_watched.TryGetValue(key, out var watched)) watched = Add(key);
        if (watched.Gate != gate)
        {
            gate.Begin(watched.Monitor);
            watched.Gate = gate;
        }
        watched.Latest = ++_images;
        var before = watched.Monitor.State;
        var alarm = watched.Monitor.Observe(gate.Observation(image, (ulong)settings.Seed));
        if (watched.Monitor.State != before || watched.Monitor.Images == 1) metrics.State(image.Gate, image.Source, watched.Monitor.State);
        return alarm is null ? null : new SourceDrift(image.Gate, image.Source, alarm);
    }

    /// <summary>Lays down what people decided of a drift; false where nobody watches that source.</summary>
    public bool Decide(string gate, string source, DriftDecision decision)
    {
        lock (_watched) return DecideNow(gate, source, decision);
    }

    private bool DecideNow(string gate, string source, DriftDecision decision)
    {
        if (!_watched.TryGetValue((gate, source), out var watched)) return false;
        if (decision == DriftDecision.Accept) watched.Monitor.AcceptAsNewNormal();
        else watched.Monitor.Keep();
        metrics.State(gate, source, watched.Monitor.State);
        return true;
    }

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

        public long Latest { get; set; }
    }
}
