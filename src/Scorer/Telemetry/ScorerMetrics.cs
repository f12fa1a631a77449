using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Scorer.Device;
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

    /// <summary>Values of the label <c>stage</c>, in the order an image passes them.</summary>
    internal const string Read = "read", Decode = "decode", Preprocess = "preprocess", Forward = "forward", Detect = "detect", Write = "write";

    private readonly Counter _images, _sourceImages, _batches, _deviceFaults;
    private readonly Histogram _batchImages, _batchSeconds, _stages, _latency, _pValues, _scores;
    private readonly Gauge _version, _fittedAt, _fitImages, _calibrationImages, _promise, _unconfirmed, _held, _ready, _deviceHealthy;
    private readonly Counter _deviceBusy;
    private readonly Gauge _deviceMemory, _deviceUtilisation;
    private readonly CollectorRegistry _registry;
    private SourceLabels _sources = new(100);

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
        _sourceImages = factory.CreateCounter("moodstream_scorer_source_images_total", "Judged images by source and verdict (accept, review); beyond MaxSourceLabels sources share the label value <other>.", "gate", "source", "verdict");
        _stages = factory.CreateHistogram("moodstream_scorer_stage_duration_seconds", "Time in a stage: of one image in read, decode, preprocess and write (until the broker has acknowledged), of a batch on the device in forward and detect.", new HistogramConfiguration { LabelNames = ["stage"], Buckets = Histogram.ExponentialBuckets(0.0005, 2, 15) });
        _scores = factory.CreateHistogram("moodstream_scorer_relative_score_ratio", "Scores on the gate's own scale: 0 is the median of its calibration scores, 1 its threshold.", new HistogramConfiguration { LabelNames = ["gate"], Buckets = RelativeScore.Buckets });
        _fitImages = factory.CreateGauge("moodstream_scorer_statistics_fit_images", "Images behind the fit of the statistics in use.", "gate");
        _calibrationImages = factory.CreateGauge("moodstream_scorer_statistics_calibration_images", "Images behind the threshold of the statistics in use.", "gate");
        _promise = factory.CreateGauge("moodstream_scorer_promised_false_alarm_ratio", "False-alarm rate that the threshold in use promises: the review rate to expect while nothing is wrong.", "gate");
        _ready = factory.CreateGauge("moodstream_scorer_ready_images", "Prepared images that wait for a batch, when the latest one closed.");
        _registry = registry ?? Metrics.DefaultRegistry;
        _deviceBusy = factory.CreateCounter("moodstream_scorer_device_busy_seconds_total", "Time in which the thread that owns the device worked; its rate is the share of time in which the device was in use.");
        _deviceMemory = factory.CreateGauge("moodstream_scorer_device_memory_bytes", "Memory of a GPU, used (by whatever process) and total; no series without one.", "device", "kind");
        _deviceUtilisation = factory.CreateGauge("moodstream_scorer_device_utilisation_ratio", "Share of time in which a GPU computed, as its driver says; no series without one.", "device");
        _deviceHealthy = factory.CreateGauge("moodstream_scorer_device_healthy", "1 while the device answers the probe of the health checks; 0 for good once it failed.");
        _unconfirmed = factory.CreateGauge("moodstream_scorer_statistics_unconfirmed_seconds", "Since the registry last said that the statistics in use are active: Redis is away, or has lost them.", "gate");
        _held = factory.CreateGauge("moodstream_scorer_held_images", "Images set aside since their gate has no usable statistics.", "gate");
    }

    /// <summary>Most sources with series of their own.</summary>
    public int MaxSourceLabels
    {
        init => _sources = new(value);
    }

    internal void Ended(string gate, string outcome) => _images.WithLabels([gate, outcome]).Inc();

    /// <summary>The label of a batch that closed by itself.</summary>
    internal static string TriggerOf(BatchTrigger trigger) => trigger.ToString().ToLowerInvariant();

    internal void Batch(int images, string trigger, TimeSpan duration)
    {
        _batches.WithLabels(trigger).Inc();
        _batchImages.Observe(images);
        _batchSeconds.Observe(duration.TotalSeconds);
    }

    /// <summary>A stage took so long.</summary>
    internal void Stage(string stage, TimeSpan duration) => _stages.WithLabels([stage]).Observe(duration.TotalSeconds);

    internal void Ready(int images) => _ready.Set(images);

    internal void Device(bool healthy) => _deviceHealthy.Set(healthy ? 1 : 0);

    /// <summary>An output was acknowledged.</summary>
    /// <param name="gate">Name of the gate.</param>
    /// <param name="result">The output.</param>
    /// <param name="statistics">What it was judged with; null where there was nothing.</param>
    internal void Judged(string gate, ImageScored result, GateStatistics? statistics)
    {
        _sourceImages.WithLabels([gate, _sources.Of(result.Source), result.Verdict == Verdict.Accept ? "accept" : "review"]).Inc();
        if (statistics is not null && result.Score is { } score && RelativeScore.Of(statistics, score) is { } relative)
            _scores.WithLabels([gate]).Observe(relative);
        _latency.WithLabels([gate]).Observe(Math.Max(0, (result.ScoredAt - result.ReceivedAt).TotalSeconds));
        if (result.PValue is { } p) _pValues.WithLabels([gate]).Observe(p);
    }

    internal void DeviceWorked(TimeSpan time) => _deviceBusy.Inc(time.TotalSeconds);

    /// <summary>Asks for the state of the GPUs with each scrape.</summary>
    internal void Watch(Func<IEnumerable<GpuState>> gpus) => _registry.AddBeforeCollectCallback(() =>
    {
        foreach (var gpu in gpus())
        {
            _deviceMemory.WithLabels(gpu.Device, "used").Set(gpu.UsedBytes);
            _deviceMemory.WithLabels(gpu.Device, "total").Set(gpu.TotalBytes);
            _deviceUtilisation.WithLabels(gpu.Device).Set(gpu.Utilisation);
        }
    });

    internal void DeviceFault(string gate, string on) => _deviceFaults.WithLabels(gate, on).Inc();

    internal void Held(string gate, int change) => _held.WithLabels(gate).Inc(change);

    internal void Unconfirmed(string gate, TimeSpan since) => _unconfirmed.WithLabels(gate).Set(since.TotalSeconds);

    internal void SetStatistics(string gate, GateState state)
    {
        _version.WithLabels(gate).Set(state.Statistics is null ? 0 : state.Version);
        if (state.Statistics is not { } statistics) return;
        _fittedAt.WithLabels(gate).Set(statistics.Provenance.FittedAt.ToUnixTimeMilliseconds() / 1000.0);
        _fitImages.WithLabels(gate).Set(statistics.FitCount);
        _calibrationImages.WithLabels(gate).Set(statistics.CalibrationCount);
        _promise.WithLabels(gate).Set(statistics.TargetFalseAlarmRate);
    }
}
