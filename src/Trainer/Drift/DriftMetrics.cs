using MoodStream.Mood.Drift;
using Prometheus;

namespace MoodStream.Trainer.Drift;

/// <summary>Metrics of the drift watch. Sources beyond a bound share one label value.</summary>
internal sealed class DriftMetrics
{
    private const string Other = "<other>";

    private readonly Counter _began;
    private readonly Gauge _state;
    private readonly HashSet<string> _own = [];

    /// <summary>Creates the metrics in a registry; the same registry gives the same metrics.</summary>
    public DriftMetrics(CollectorRegistry? registry = null)
    {
        var factory = registry is null ? Metrics.DefaultFactory : Metrics.WithCustomRegistry(registry);
        _began = factory.CreateCounter("moodstream_trainer_drift_alarms_total", "Drift alarms, one for each episode, by the test that saw it first (martingale, adwin, kolmogorov_smirnov, psi, feature_mean); beyond MaxSourceLabels sources share the label value <other>.", "gate", "source", "test");
        _state = factory.CreateGauge("moodstream_trainer_drift_state", "0 while nothing drifts, 1 during an episode, 2 while an accepted drift waits for new statistics.", "gate", "source");
    }

    /// <summary>Most sources with series of their own.</summary>
    public int MaxSourceLabels { get; init; } = 100;

    internal void Began(string gate, string source, string test) => _began.WithLabels(gate, LabelOf(source), test).Inc();

    internal void State(string gate, string source, DriftState state)
    {
        // Sources that share a label have no state of their own.
        if (LabelOf(source) is var label && label != Other) _state.WithLabels(gate, label).Set((int)state);
    }

    internal void Forget(string gate, string source)
    {
        lock (_own)
            if (_own.Contains(source)) _state.RemoveLabelled(gate, source);
    }

    private string LabelOf(string source)
    {
        lock (_own)
            return _own.Contains(source) || (_own.Count < MaxSourceLabels && _own.Add(source)) ? source : Other;
    }
}
