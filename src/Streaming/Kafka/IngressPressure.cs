using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>Whether ingress may accept more, by how far the readers are behind.</summary>
public interface IIngressPressure
{
    /// <summary>Whether more may be put in.</summary>
    bool Accepting { get; }

    /// <summary>How long a refused client should wait before it tries again: about the time until half of the limit is free.</summary>
    TimeSpan RetryAfter { get; }

    /// <summary>Records between the end of the log and what the group has committed, over all partitions, as last measured.</summary>
    long Lag { get; }

    /// <summary>Why nothing is accepted; null while it is.</summary>
    string? Refusal { get; }
}

/// <summary>Watches how far a group is behind in the topic that ingress writes to.</summary>
/// <remarks>
/// Refuses once a partition's lag passes half of its capacity or the whole lag its limit, and accepts again at three quarters of
/// either. Without a measurement younger than <see cref="IngressSettings.StaleAfter"/> it refuses and says why: what is not
/// known to fit is not accepted. Thread-safety: the properties may be read from any thread.
/// </remarks>
public sealed class IngressPressure(
    KafkaSettings kafka, IngressSettings settings, StreamingMetrics metrics, TimeProvider clock, ILogger<IngressPressure> log)
    : BackgroundService, IIngressPressure
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1), LongestRetry = TimeSpan.FromSeconds(60);

    private volatile Measurement _last = new(default, null, "the lag of the readers has not been measured yet", ShortestRetry);

    /// <inheritdoc/>
    public bool Accepting => Refusal is null;

    /// <inheritdoc/>
    public TimeSpan RetryAfter => _last.RetryAfter;

    /// <inheritdoc/>
    public long Lag => _last.Lag.Total;

    /// <summary>Lag of the partition that is furthest behind.</summary>
    public long WorstPartitionLag => _last.Lag.WorstPartition;

    /// <inheritdoc/>
    public string? Refusal
    {
        get
        {
            var last = _last;
            if (last.Refusal is not null || last.At is not { } at) return last.Refusal;
            var age = clock.GetElapsedTime(at);
            if (age <= settings.StaleAfter) return null;
            return $"the lag of group {settings.Group} on {settings.Topic} could not be measured for {age.TotalSeconds:F0} s";
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var reader = new LagReader(kafka, settings.Topic, settings.Group, log);
        using var timer = new PeriodicTimer(settings.MeasureInterval, clock);
        try
        {
            do
            {
                await Task.Run(() => MeasureOnce(reader), stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void MeasureOnce(LagReader reader)
    {
        var before = _last;
        try
        {
            var lag = reader.Measure();
            var now = clock.GetTimestamp();
            var rate = before.At is { } at
                ? (before.Lag.Total - lag.Total) / Math.Max(1e-3, clock.GetElapsedTime(at, now).TotalSeconds)
                : 0;
            _last = new Measurement(lag, now, Judge(lag, refusing: before is { Refusal: not null, At: not null }), Retry(lag, rate));
        }
        catch (KafkaException e)
        {
            // A known lag stays good until it is stale; an unknown one keeps saying why.
            if (before.At is null)
                _last = before with { Refusal = $"the lag of group {settings.Group} on {settings.Topic} cannot be measured: {e.Error.Reason}" };
        }

        Tell(before.Refusal is null);
    }

    private string? Judge(Lag lag, bool refusing)
    {
        var share = refusing ? 0.75 : 1.0;
        if (lag.WorstPartition > share * settings.PartitionCapacity / 2)
            return $"a partition of {settings.Topic} has {lag.WorstPartition} records unread; accepted up to {settings.PartitionCapacity / 2}";
        if (lag.Total > share * settings.MaxLag)
            return $"{settings.Topic} has {lag.Total} records unread; accepted up to {settings.MaxLag}";
        return null;
    }

    private TimeSpan Retry(Lag lag, double recordsPerSecond)
    {
        var excess = Math.Max(lag.WorstPartition - (settings.PartitionCapacity / 4), lag.Total - (settings.MaxLag / 2));
        if (excess <= 0 || recordsPerSecond <= 0) return excess <= 0 ? ShortestRetry : TimeSpan.FromSeconds(5);
        var seconds = Math.Clamp(excess / recordsPerSecond, ShortestRetry.TotalSeconds, LongestRetry.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Ceiling(seconds));
    }

    private void Tell(bool accepted)
    {
        var refusal = Refusal;
        metrics.IngressLag.WithLabels(settings.Topic, settings.Group).Set(Lag);
        metrics.IngressAccepting.WithLabels(settings.Topic).Set(refusal is null ? 1 : 0);
        if (accepted && refusal is not null) log.IngressRefuses(settings.Topic, refusal);
        if (!accepted && refusal is null) log.IngressAccepts(settings.Topic, Lag);
    }

    private sealed record Measurement(Lag Lag, long? At, string? Refusal, TimeSpan RetryAfter);
}
