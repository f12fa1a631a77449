using MoodStream.Contracts;
using MoodStream.Scorer.Gates;
using MoodStream.Streaming.Batching;
using Prometheus;

namespace MoodStream.Scorer.Telemetry;

/// <summary>Metrics of the scorer. Labels come from closed sets: gates are configured, outcomes and triggers are listed.</summary>
public sealed class ScorerMetrics
{
    /// <summary>Values of the label <c>outcome</c>: where an image ended.</summary>
    internal const string Accepted = "accepted", Review = "review", DeadLetter = "dead_letter";

    /// <summary>Value of the label <c>trigger</c> for a batch of images that were held; the others are those of a batch.</summary>
    internal const string Released = "released";

    private readonly Counter _images, _batches, _deviceFaults;
    private readonly Histogram _batchImages, _batchSeconds, _latency, _pValues;
    private readonly Gauge _version, _fittedAt, _held;

    /// <summary>Creates the metrics in a registry; the same registry gives the same metrics.</summary>
    public ScorerMetrics(CollectorRegistry? registry = null)
    {
        var factory = registry is null ? Metrics.DefaultFactory : Metrics.WithCustomRegistry(registry);
        _images = factory.CreateCounter("moodstream_scorer_images_total", "Images by where they ended (accepted, review, dead_letter), counted once the broker has acknowledged.", "gate", "outcome");
        _batches = factory.CreateCounter("moodstream_scorer_batches_total", "Batches by why they closed (count, bytes, age, drain; released: images that were held).", "trigger");
        _deviceFaults = factory.CreateCounter("moodstream_scorer_device_faults_total", "Failures of the device that it survived, by what it failed on (batch: scored again one by one; image: a dead letter).", "gate", "on");
        _batchImages = factory.CreateHistogram("moodstream_scorer_batch_images", "Images in a batch.", new HistogramConfiguration { Buckets = Histogram.PowersOfTenDividedBuckets(0, 3, 4) });
        _batchSeconds = factory.CreateHistogram("moodstream_scorer_batch_duration_seconds", "Time a batch spent waiting for the device and on it.", new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 14) });
        _latency = factory.CreateHistogram("moodstream_scorer_latency_seconds", "From the input record's timestamp to its verdict.", new HistogramConfiguration { LabelNames = ["gate"], Buckets = Histogram.ExponentialBuckets(0.005, 2, 14) });
        _pValues = factory.CreateHistogram("moodstream_scorer_p_value_ratio", "Conformal p-values; uniform while nothing drifts.", new HistogramConfiguration { LabelNames = ["gate"], Buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] });
        _version = factory.CreateGauge("moodstream_scorer_statistics_version", "Statistics version in use; 0 without usable statistics.", "gate");
        _fittedAt = factory.CreateGauge("moodstream_scorer_statistics_fitted_timestamp_seconds", "When the statistics in use were fitted, Unix time.", "gate");
        _held = factory.CreateGauge("moodstream_scorer_held_images", "Images set aside since their gate has no usable statistics.", "gate");
    }

    internal void Ended(string gate, string outcome) => _images.WithLabels(gate, outcome).Inc();

    /// <summary>The label of a batch that closed by itself.</summary>
    internal static string TriggerOf(BatchTrigger trigger) => trigger.ToString().ToLowerInvariant();

    internal void Batch(int images, string trigger, TimeSpan duration)
    {
        _batches.WithLabels(trigger).Inc();
        _batchImages.Observe(images);
        _batchSeconds.Observe(duration.TotalSeconds);
    }

    internal void Judged(string gate, ImageScored result)
    {
        _latency.WithLabels(gate).Observe(Math.Max(0, (result.ScoredAt - result.ReceivedAt).TotalSeconds));
        if (result.PValue is { } p) _pValues.WithLabels(gate).Observe(p);
    }

    internal void DeviceFault(string gate, string on) => _deviceFaults.WithLabels(gate, on).Inc();

    internal void Held(string gate, int change) => _held.WithLabels(gate).Inc(change);

    internal void SetStatistics(string gate, GateState state)
    {
        _version.WithLabels(gate).Set(state.Statistics is null ? 0 : state.Version);
        if (state.Statistics is { } statistics) _fittedAt.WithLabels(gate).Set(statistics.Provenance.FittedAt.ToUnixTimeMilliseconds() / 1000.0);
    }
}
