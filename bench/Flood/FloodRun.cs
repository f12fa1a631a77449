using System.Collections.Concurrent;
using System.Net;
using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Flood;

/// <summary>How a run goes.</summary>
/// <param name="Kafka">Folder of a real Kafka; null: embedded.</param>
/// <param name="Duration">How long the flood lasts.</param>
/// <param name="Times">How many times its capacity is offered.</param>
/// <param name="Port">First of the ports.</param>
/// <param name="Seed">Seed of the images.</param>
/// <param name="Backbone">Backbone of the gate.</param>
internal sealed record FloodPlan(DirectoryInfo? Kafka, TimeSpan Duration, double Times, int Port, int Seed, string Backbone);

/// <summary>One run: the capacity is measured, then many times as much is offered by HTTP, then what was taken is accounted for.</summary>
internal sealed class FloodRun(FloodPlan plan, TimeProvider clock)
{
    private const int Frames = 64, Sources = 32, Cameras = 64, MaxLag = 500;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(15), Patience = TimeSpan.FromMinutes(5), Glance = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<string, int> _otherwise = new();
    private byte[][] _frames = [];
    private int _next, _taken, _tooMany;

    /// <summary>Does all of it.</summary>
    public async Task<FloodResult> RunAsync(CancellationToken cancellation)
    {
        await using var rig = await GateRig.StartAsync(Settings(), clock, cancellation);
        await using var ledger = new LiveLedger(rig.Broker.BootstrapServers);
        using var gateway = new GatewayClient(rig.Gateway!.AddressOf(0));
        await gateway.ReadyAsync(clock, cancellation);
        _frames = [.. Enumerable.Range(0, Frames).Select(_ => rig.Camera.Next().Encoded)];

        // Every camera puts in what it can until it is refused: the gate has work all the time.
        await OfferAsync(gateway, perSecond: null, Measured / 3, cancellation);
        var (ended, measuring) = (ledger.Ended, clock.GetTimestamp());
        await OfferAsync(gateway, perSecond: null, Measured, cancellation);
        var capacity = (ledger.Ended - ended) / clock.GetElapsedTime(measuring).TotalSeconds;
        Console.WriteLine($"capacity: {capacity:F0} verdicts a second");

        _otherwise.Clear();
        var (before, tooMany, flooding) = (_next, Interlocked.Exchange(ref _tooMany, 0), clock.GetTimestamp());
        await OfferAsync(gateway, plan.Times * capacity, plan.Duration, cancellation);
        var seconds = clock.GetElapsedTime(flooding).TotalSeconds;
        var offered = (_next - before) / seconds;
        var over = clock.GetTimestamp();
        while (!(await PutAsync(gateway, cancellation)).Taken) await Task.Delay(Glance, clock, cancellation);
        var again = clock.GetElapsedTime(over).TotalSeconds;
        while (ledger.Ended < _taken && clock.GetElapsedTime(over) < Patience) await Task.Delay(Glance, clock, cancellation);
        var drained = clock.GetElapsedTime(over).TotalSeconds;
        rig.Gateway.Supervise();
        rig.Scorers.Supervise();
        return new FloodResult
        {
            Capacity = Math.Round(capacity, 1), Offered = Math.Round(offered, 1), Seconds = Math.Round(seconds, 1), Taken = _taken, TooMany = _tooMany,
            Otherwise = new SortedDictionary<string, int>(_otherwise), Lost = _taken - ledger.Ended, Duplicates = ledger.Ledger.Duplicates,
            Crashes = rig.Gateway.Crashes + rig.Scorers.Crashes, SecondsToTakeAgain = Math.Round(again, 1), SecondsToDrain = Math.Round(drained, 1),
            Memory =
            [
                new("gateway", MemoryLimits.PeakMiB(rig.Gateway), MemoryLimits.GatewayMiB),
                new("scorer", MemoryLimits.PeakMiB(rig.Scorers), MemoryLimits.ScorerMiB),
            ],
        };
    }

    /// <summary>Offers images for a time; those that were put in are waited for.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="perSecond">How many a second, whatever becomes of them; null: each camera one after another.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="cancellation">Gives up.</param>
    private Task OfferAsync(GatewayClient gateway, double? perSecond, TimeSpan duration, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        var first = _next;
        return Task.WhenAll(Enumerable.Range(0, Cameras).Select(_ => Task.Run(CameraAsync, cancellation)));

        async Task CameraAsync()
        {
            while (clock.GetElapsedTime(began) < duration)
            {
                if (perSecond is { } rate && (Volatile.Read(ref _next) - first) / rate - clock.GetElapsedTime(began).TotalSeconds is > 0 and var early)
                    await Task.Delay(TimeSpan.FromSeconds(early), clock, cancellation);
                var answer = await PutAsync(gateway, cancellation);
                if (perSecond is null && !answer.Taken) await Task.Delay(Glance, clock, cancellation);
            }
        }
    }

    private async Task<GatewayAnswer> PutAsync(GatewayClient gateway, CancellationToken cancellation)
    {
        var image = Interlocked.Increment(ref _next);
        var answer = await gateway.PutAsync($"line-{image % Sources}", $"flood-{image:D8}", _frames[image % Frames], "image/jpeg", cancellation);
        if (answer.Taken) Interlocked.Increment(ref _taken);
        else if (answer is { Status: HttpStatusCode.TooManyRequests, RetryAfter: not null }) Interlocked.Increment(ref _tooMany);
        else _otherwise.AddOrUpdate(answer.Status is { } status ? $"{(int)status}" : "no answer", 1, (_, n) => n + 1);
        return answer;
    }

    private RigSettings Settings() => new()
    {
        Kafka = plan.Kafka, Port = plan.Port, Seed = plan.Seed, Backbone = plan.Backbone, Scorers = 1, Gateway = true,
        GatewaySettings = [$"MoodStream:Ingress:MaxLag={MaxLag}", "MoodStream:Ingress:MeasureInterval=00:00:00.200"],
    };
}
