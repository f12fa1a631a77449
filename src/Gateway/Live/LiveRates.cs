using System.Text.Json.Serialization;

namespace MoodStream.Gateway.Live;

/// <summary>How long a step of a series is.</summary>
internal enum RateResolution
{
    /// <summary>Seconds, the last five minutes.</summary>
    Second,

    /// <summary>Minutes, the last day.</summary>
    Minute,
}

/// <summary>Images in one step of time.</summary>
/// <param name="At">Start of the step, UTC.</param>
/// <param name="In">Images put in during the step that have ended by now.</param>
/// <param name="Accept">Images accepted.</param>
/// <param name="Review">Images sent to review.</param>
/// <param name="DeadLetter">Images that could not be judged.</param>
internal readonly record struct RatePoint(DateTimeOffset At, int In, int Accept, int Review, int DeadLetter);

/// <summary>How often a gate sent images to review over the whole series.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Judged">Images it judged.</param>
/// <param name="Review">Of these, sent to review.</param>
/// <param name="OodRate">Review by judged, in [0, 1].</param>
/// <param name="PromisedFalseAlarmRate">
/// What the gate promises for in-distribution images, in (0, 1), by its latest result; absent where that does not tell.
/// </param>
internal readonly record struct GateRate(string Gate, int Judged, int Review, double OodRate, double? PromisedFalseAlarmRate);

/// <summary>Rates over time.</summary>
internal sealed record RateSeries
{
    /// <summary>When it was read, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Length of a step in seconds: 1 or 60.</summary>
    public required int StepSeconds { get; init; }

    /// <summary>Steps, oldest first; the last one is not over yet.</summary>
    public required IReadOnlyList<RatePoint> Series { get; init; }

    /// <summary>Each gate over the longest series of this resolution.</summary>
    public required IReadOnlyList<GateRate> Gates { get; init; }

    /// <summary>Median of the milliseconds from put in to ended, within 5 %; absent where nothing ended.</summary>
    public double? LatencyP50Ms { get; init; }

    /// <summary>99th percentile of the same.</summary>
    public double? LatencyP99Ms { get; init; }

    /// <summary>Images since this gateway started, by how they ended.</summary>
    public required Totals Total { get; init; }

    /// <summary>Records that wait to be scored.</summary>
    public long Lag { get; init; }

    /// <summary>Whether the gateway takes images in.</summary>
    public bool Accepting { get; init; }

    /// <summary>Counts since the start.</summary>
    internal readonly record struct Totals(long Accept, long Review, long DeadLetter)
    {
        /// <summary>All of them.</summary>
        [JsonIgnore]
        public long All => Accept + Review + DeadLetter;
    }
}

/// <summary>Counts ended images by the time at which they were put in and ended.</summary>
/// <remarks>
/// The times are those of the results, not of their arrival here: a gateway that starts late draws the same picture.
/// Thread-safety: any thread.
/// </remarks>
internal sealed class LiveRates(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly RateWindow _seconds = new(TimeSpan.FromSeconds(1), 300);
    private readonly RateWindow _minutes = new(TimeSpan.FromMinutes(1), 1440);
    private readonly Dictionary<string, double> _promised = [];
    private RateSeries.Totals _total;

    /// <summary>Counts one ended image.</summary>
    public void Count(LiveResult result)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            foreach (var window in (ReadOnlySpan<RateWindow>)[_seconds, _minutes])
            {
                if (window.At(result.ReceivedAt, now) is { } received) received.In++;
                window.At(result.EndedAt, now)?.CountEnd(result);
            }
            if (result is { Gate: { } gate, PromisedFalseAlarmRate: { } promised }
                && (_promised.Count < RateBucket.MostGates || _promised.ContainsKey(gate)))
                _promised[gate] = promised;
            _total = result.Verdict switch
            {
                LiveVerdict.Accept => _total with { Accept = _total.Accept + 1 },
                LiveVerdict.Review => _total with { Review = _total.Review + 1 },
                _ => _total with { DeadLetter = _total.DeadLetter + 1 },
            };
        }
    }

    /// <summary>The last steps; gates and latency over the whole window of that resolution.</summary>
    /// <param name="resolution">Length of a step.</param>
    /// <param name="steps">Number of steps; null for all that are kept.</param>
    public RateSeries Read(RateResolution resolution, int? steps = null)
    {
        var now = clock.GetUtcNow();
        var window = resolution == RateResolution.Second ? _seconds : _minutes;
        lock (_gate)
        {
            var all = window.Last(window.Steps, now).ToList();
            var latency = new LatencyHistogram();
            foreach (var (_, bucket) in all)
                if (bucket is not null)
                    latency.Merge(bucket.Latency);
            return new()
            {
                At = now,
                StepSeconds = (int)window.Step.TotalSeconds,
                Series = [.. all.TakeLast(steps ?? window.Steps).Select(ToPoint)],
                Gates = GatesOf(all),
                LatencyP50Ms = latency.Quantile(0.5),
                LatencyP99Ms = latency.Quantile(0.99),
                Total = _total,
            };
        }
    }

    /// <summary>Notes how many records wait to be scored now.</summary>
    public void CountLag(long lag)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
            foreach (var window in (ReadOnlySpan<RateWindow>)[_seconds, _minutes])
                if (window.At(now, now) is { } bucket) bucket.Lag = Math.Max(bucket.Lag, lag);
    }

    /// <summary>All steps of one gate.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="resolution">Length of a step.</param>
    public GateRateSeries ReadGate(string gate, RateResolution resolution)
    {
        var now = clock.GetUtcNow();
        var window = resolution == RateResolution.Second ? _seconds : _minutes;
        lock (_gate)
            return new()
            {
                Gate = gate,
                At = now,
                StepSeconds = (int)window.Step.TotalSeconds,
                Series = [.. window.Last(window.Steps, now).Select(step => ToPoint(gate, step))],
                PromisedFalseAlarmRate = Promised(gate),
            };
    }

    private static GateRatePoint ToPoint(string gate, (DateTimeOffset At, RateBucket? Bucket) step)
    {
        if (step.Bucket is not { } bucket) return new(step.At, 0, 0, 0, 0);
        var (judged, review) = bucket.Gates.GetValueOrDefault(gate);
        return new(step.At, judged - review, review, bucket.DeadLetters, bucket.Lag);
    }

    private static RatePoint ToPoint((DateTimeOffset At, RateBucket? Bucket) step) => step.Bucket is { } b
        ? new(step.At, b.In, b.Accepted, b.Review, b.DeadLetters)
        : new(step.At, 0, 0, 0, 0);

    private List<GateRate> GatesOf(IEnumerable<(DateTimeOffset At, RateBucket? Bucket)> steps) =>
        [.. steps.SelectMany(step => step.Bucket?.Gates.AsEnumerable() ?? [])
            .GroupBy(gate => gate.Key, gate => gate.Value)
            .Select(gate => (Gate: gate.Key, Judged: gate.Sum(g => g.Judged), Review: gate.Sum(g => g.Review)))
            .OrderBy(gate => gate.Gate, StringComparer.Ordinal)
            .Select(gate => new GateRate(gate.Gate, gate.Judged, gate.Review, (double)gate.Review / gate.Judged, Promised(gate.Gate)))];

    private double? Promised(string gate) =>
        _promised.TryGetValue(gate, out var rate) ? rate : null;
}
