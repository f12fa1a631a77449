using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Streaming.Delivery;

namespace MoodStream.Bench.Soak;

/// <summary>How a run goes.</summary>
/// <param name="Kafka">Folder of a real Kafka, and exactly once; null: embedded, and at least once.</param>
/// <param name="Duration">How long images flow.</param>
/// <param name="Rate">Images a second.</param>
/// <param name="Port">First of the ports.</param>
/// <param name="Seed">Seed of the images.</param>
/// <param name="Backbone">Backbone of the gate.</param>
internal sealed record SoakPlan(DirectoryInfo? Kafka, TimeSpan Duration, double Rate, int Port, int Seed, string Backbone);

/// <summary>One run: gateway, scorer and trainer work at a steady rate for a long time, and what they use is sampled.</summary>
internal sealed class SoakRun(SoakPlan plan, TimeProvider clock)
{
    private const int Frames = 64, Sources = 16, Samples = 360;
    private const double MiB = 1 << 20;

    /// <summary>
    /// Images of a window of each source's drift tests: short enough that the first comparison, with which libtorch takes its memory for good,
    /// lies in the first third of half an hour.
    /// </summary>
    private const int DriftWindow = 200;

    /// <summary>
    /// Images of a partition that the trainer remembers: few, so that it has as many as it ever will before the last two thirds begin. At
    /// the default it grows by design for the first 10,000 of each partition, at some 360 bytes each.
    /// </summary>
    private const int LearningWindow = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), Shortest = TimeSpan.FromSeconds(1), Glance = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, List<SoakSample>> _samples = [];
    private int _taken, _refused;

    /// <summary>Runs for the time given, and until all that was taken has ended.</summary>
    public async Task<SoakResult> RunAsync(CancellationToken cancellation)
    {
        await using var rig = await GateRig.StartAsync(Settings(), clock, cancellation);
        await using var ledger = new LiveLedger(rig.Broker.BootstrapServers);
        using var camera = new GatewayClient(rig.Gateway!.AddressOf(0));
        await camera.ReadyAsync(clock, cancellation);
        var began = clock.GetTimestamp();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        enough.CancelAfter(plan.Duration);
        await Task.WhenAll(FlowAsync(rig, camera, enough.Token, cancellation), SampleAsync(rig, began, enough.Token));
        cancellation.ThrowIfCancellationRequested();

        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        var waiting = clock.GetTimestamp();
        while (ledger.Ended < _taken && clock.GetElapsedTime(waiting) < Patience) await Task.Delay(Glance, clock, cancellation);
        return new SoakResult
        {
            Seconds = Math.Round(seconds), Rate = plan.Rate, ImagesIn = _taken, Refused = _refused, Lost = _taken - ledger.Ended,
            Duplicates = ledger.Ledger.Duplicates, Crashes = Services(rig).Sum(s => s.Crashes), Samples = _samples.ToDictionary(s => s.Key, s => (IReadOnlyList<SoakSample>)s.Value),
            Trends = [.. _samples.SelectMany(s => SoakTrends.Of(s.Key, s.Value))],
        };
    }

    private static IEnumerable<ServiceFleet> Services(GateRig rig) => [rig.Gateway!, rig.Scorers, rig.Trainer!];

    private async Task FlowAsync(GateRig rig, GatewayClient camera, CancellationToken enough, CancellationToken cancellation)
    {
        byte[][] frames = [.. Enumerable.Range(0, Frames).Select(_ => rig.Camera.Next().Encoded)];
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / plan.Rate), clock);
        var putting = new List<Task>();
        for (var image = 0; await TickAsync(pace, enough); image++)
        {
            putting.RemoveAll(p => p.IsCompleted);
            putting.Add(PutAsync(camera, image, frames[image % Frames], cancellation));
        }

        await Task.WhenAll(putting);
    }

    private async Task PutAsync(GatewayClient camera, int image, byte[] frame, CancellationToken cancellation)
    {
        var answer = await camera.PutAsync($"line-{image % Sources}", $"soak-{image:D8}", frame, "image/jpeg", cancellation);
        if (answer.Taken) Interlocked.Increment(ref _taken);
        else Interlocked.Increment(ref _refused);
    }

    private async Task SampleAsync(GateRig rig, long began, CancellationToken enough)
    {
        var every = plan.Duration / Samples;
        using var pace = new PeriodicTimer(every > Shortest ? every : Shortest, clock);
        while (await TickAsync(pace, enough))
        {
            foreach (var service in Services(rig))
            {
                service.Supervise();
                if (ProcessUse.Of(service.ProcessIdOf(0)) is not { } use) continue;
                if (!_samples.TryGetValue(service.NameOf(0), out var samples)) _samples[service.NameOf(0)] = samples = [];
                samples.Add(new(
                    Math.Round(clock.GetElapsedTime(began).TotalSeconds, 1), Math.Round(use.ResidentBytes / MiB, 1), use.Handles, use.Threads));
            }
        }
    }

    private static async Task<bool> TickAsync(PeriodicTimer pace, CancellationToken enough)
    {
        try
        {
            return await pace.WaitForNextTickAsync(enough);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private RigSettings Settings() => new()
    {
        Kafka = plan.Kafka, Port = plan.Port, Seed = plan.Seed, Backbone = plan.Backbone, Scorers = 1, Gateway = true, Trainer = true,
        Delivery = plan.Kafka is null ? DeliveryGuarantee.AtLeastOnce : DeliveryGuarantee.ExactlyOnce,
        ServiceSettings = [$"MoodStream:Drift:Window={DriftWindow}", $"MoodStream:Trainer:Default:WindowImages={LearningWindow}"],
    };
}
