using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Bench.Rig;

/// <summary>Images that flow through a gate while a benchmark does something to it.</summary>
/// <remarks>Thread-safety: owned by one task.</remarks>
internal sealed class RigFlow : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5), Glance = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _enough = new();
    private readonly KafkaRecordProducer _producer;
    private readonly LiveLedger _ledger;
    private readonly VerdictRate _rate = new();
    private readonly TimeProvider _clock;
    private readonly long _started;
    private readonly Task<int> _producing;

    /// <summary>Lets images flow, only so many on their way at a time.</summary>
    public RigFlow(GateRig rig, int outstanding, int seed, TimeProvider clock)
    {
        (_clock, _started) = (clock, clock.GetTimestamp());
        _producer = new KafkaRecordProducer(rig.Kafka, new StreamingMetrics(), NullLogger<KafkaRecordProducer>.Instance);
        _ledger = new LiveLedger(rig.Broker.BootstrapServers, Note);
        _producing = new RigTraffic(rig.Camera, _producer, seed).ProduceAsync(int.MaxValue, outstanding, () => _ledger.Ended, _enough.Token);
    }

    /// <summary>Seconds since it began.</summary>
    public double Seconds => _clock.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Images that have ended.</summary>
    public int Ended => _ledger.Ended;

    /// <summary>Records beyond the first of an id.</summary>
    public int Duplicates => _ledger.Ledger.Duplicates;

    /// <summary>Longest time without a verdict from then until now, in seconds.</summary>
    public double LongestSilence(double from)
    {
        lock (_rate) return _rate.LongestSilence(from, Seconds);
    }

    /// <summary>Waits until so many more have ended, or the patience ends.</summary>
    /// <returns>Whether they have.</returns>
    public async Task<bool> MoreAsync(int images, TimeSpan patience, CancellationToken cancellation)
    {
        var (before, began) = (Ended, _clock.GetTimestamp());
        while (Ended - before < images)
        {
            if (_clock.GetElapsedTime(began) > patience) return false;
            await Task.Delay(Glance, _clock, cancellation);
        }

        return true;
    }

    /// <summary>Puts no more in and waits until all have ended, or none does any more.</summary>
    /// <returns>Images put in, and those of them that ended nowhere.</returns>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Started by the constructor; it waits for no caller.")]
    public async Task<(int In, int Lost)> StopAsync(CancellationToken cancellation)
    {
        await _enough.CancelAsync();
        var put = await _producing;
        while (Ended < put && await MoreAsync(1, Patience, cancellation))
        {
            // The next may come.
        }

        return (put, put - Ended);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _ledger.DisposeAsync();
        _producer.Dispose();
        _enough.Dispose();
    }

    private void Note(int ended)
    {
        lock (_rate) _rate.Note(Seconds, ended);
    }
}
