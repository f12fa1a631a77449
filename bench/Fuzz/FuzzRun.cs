using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Bench.Fuzz;

/// <summary>How a run goes.</summary>
/// <param name="Kafka">Folder of a real Kafka, which takes headers of 10 MB; null: embedded, whose partitions hold half of that.</param>
/// <param name="Items">Hostile items.</param>
/// <param name="Rate">Hostile items a second.</param>
/// <param name="Port">First of the ports.</param>
/// <param name="Seed">Seed of all chance.</param>
/// <param name="Backbone">Backbone of the gate.</param>
internal sealed record FuzzPlan(DirectoryInfo? Kafka, int Items, double Rate, int Port, int Seed, string Backbone);

/// <summary>One run: healthy neighbours put images in all the time; after a while hostile ones come beside them.</summary>
internal sealed class FuzzRun(FuzzPlan plan, TimeProvider clock)
{
    private const int Frames = 64, LargestMessage = 12_000_000, LargestHeader = 10_000_000, LargestEmbedded = 500_000;
    private const double HealthyRate = 10;
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(40), WarmUp = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentDictionary<string, long> _begun = new(), _ended = new();
    private readonly ConcurrentDictionary<string, int> _refused = new();
    private int _putIn, _unanswered;

    /// <summary>Does all of it.</summary>
    public async Task<FuzzResult> RunAsync(CancellationToken cancellation)
    {
        await using var rig = await GateRig.StartAsync(Settings(), clock, cancellation);
        await using var ledger = new LiveLedger(
            rig.Broker.BootstrapServers, first: id => _ended.TryAdd(id, clock.GetTimestamp()), outputs: [Topics.Accepted, Topics.Review]);
        using var gateway = new GatewayClient(rig.Gateway!.AddressOf(0));
        using var producer = new KafkaRecordProducer(rig.Kafka, new StreamingMetrics(), NullLogger<KafkaRecordProducer>.Instance);
        await gateway.ReadyAsync(clock, cancellation);
        byte[][] frames = [.. Enumerable.Range(0, Frames).Select(_ => rig.Camera.Next().Encoded)];

        // All made before: what the benchmark itself computes is not to be the neighbours' delay.
        FuzzItem[] items = [.. new FuzzCorpus(frames, plan.Seed, plan.Kafka is null ? LargestEmbedded : LargestHeader).Items(plan.Items)];
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var healthy = HealthyAsync(gateway, frames, enough.Token, cancellation);
        await Task.Delay(WarmUp, clock, cancellation);
        var alone = clock.GetTimestamp();
        await Task.Delay(Alone, clock, cancellation);
        var hostile = clock.GetTimestamp();
        await HostileAsync(rig, gateway, producer, items, cancellation);
        var over = clock.GetTimestamp();
        await enough.CancelAsync();
        await healthy;
        using (var lag = new GroupLag(rig.Broker.BootstrapServers)) await lag.DrainedAsync(Patience, clock, cancellation);
        await HealthyEndedAsync(cancellation);
        rig.Gateway.Supervise();
        return Sum(rig, P99(alone, hostile), P99(hostile, over));
    }

    private async Task HealthyAsync(GatewayClient gateway, byte[][] frames, CancellationToken enough, CancellationToken cancellation)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / HealthyRate), clock);
        var putting = new List<Task>();
        for (var image = 0; !enough.IsCancellationRequested; image++)
        {
            await pace.WaitForNextTickAsync(cancellation);
            putting.RemoveAll(p => p.IsCompleted);
            putting.Add(PutHealthyAsync(gateway, string.Create(CultureInfo.InvariantCulture, $"healthy-{image:D6}"), frames[image % Frames], cancellation));
        }

        await Task.WhenAll(putting);
    }

    private async Task PutHealthyAsync(GatewayClient gateway, string id, byte[] frame, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        if (!(await gateway.PutAsync($"healthy-{id[^1]}", id, frame, "image/jpeg", cancellation)).Taken) return;
        Interlocked.Increment(ref _putIn);
        _begun[id] = begun;
    }

    private async Task HostileAsync(GateRig rig, GatewayClient gateway, KafkaRecordProducer producer, FuzzItem[] items, CancellationToken cancellation)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / plan.Rate), clock);
        var putting = new List<Task>();
        foreach (var item in items)
        {
            await pace.WaitForNextTickAsync(cancellation);
            rig.Scorers.Supervise();
            putting.RemoveAll(p => p.IsCompletedSuccessfully);
            putting.Add(item.MediaType is null ? PutAsync(producer, item, cancellation) : PutAsync(gateway, item, cancellation));
        }

        await Task.WhenAll(putting);
    }

    private async Task PutAsync(KafkaRecordProducer producer, FuzzItem item, CancellationToken cancellation)
    {
        await producer.WriteAsync(new OutgoingRecord(Topics.Images, item.Key, item.Bytes, item.Headers), cancellation);
        Interlocked.Increment(ref _putIn);
    }

    private async Task PutAsync(GatewayClient gateway, FuzzItem item, CancellationToken cancellation)
    {
        var answer = await gateway.PutAsync("hostile", item.Id, item.Bytes, item.MediaType!, cancellation);
        if (answer.Taken) Interlocked.Increment(ref _putIn);
        else if (answer.Status is { } status) _refused.AddOrUpdate($"{(int)status}", 1, (_, n) => n + 1);
        else Interlocked.Increment(ref _unanswered);
    }

    private async Task HealthyEndedAsync(CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        while (!_begun.Keys.All(_ended.ContainsKey) && clock.GetElapsedTime(began) < Patience) await Task.Delay(Glance, clock, cancellation);
    }

    /// <summary>99th percentile, in milliseconds, of the healthy images that were put in between two moments.</summary>
    private double P99(long from, long until)
    {
        double[] times =
        [
            .. _begun.Where(b => b.Value >= from && b.Value < until)
                .Select(b => _ended.TryGetValue(b.Key, out var ended) ? clock.GetElapsedTime(b.Value, ended).TotalMilliseconds : double.PositiveInfinity).Order(),
        ];
        return times.Length == 0 ? double.NaN : Math.Round(times[(int)Math.Ceiling(0.99 * times.Length) - 1]);
    }

    private FuzzResult Sum(GateRig rig, double before, double during)
    {
        var ends = FuzzLedger.Read(rig.Broker.BootstrapServers);
        return new FuzzResult
        {
            Items = plan.Items, RefusedByGateway = new SortedDictionary<string, int>(_refused), Unanswered = _unanswered, Records = ends.Records,
            Missing = _putIn - ends.Records, Judged = ends.Judged, DeadLetters = ends.DeadLetters, Lost = ends.Lost, Duplicates = ends.Duplicates,
            Crashes = rig.Gateway!.Crashes + rig.Scorers.Crashes, HealthyP99Before = before, HealthyP99During = during,
            Memory =
            [
                new("gateway", MemoryLimits.PeakMiB(rig.Gateway), MemoryLimits.GatewayMiB),
                new("scorer", MemoryLimits.PeakMiB(rig.Scorers), MemoryLimits.ScorerMiB),
            ],
        };
    }

    private RigSettings Settings() => new()
    {
        Kafka = plan.Kafka, Port = plan.Port, Seed = plan.Seed, Backbone = plan.Backbone, Scorers = 1, Gateway = true,
        MaxMessageBytes = plan.Kafka is null ? null : LargestMessage,
        Shape = new ClusterShape { Settings = plan.Kafka is null ? [] : [$"message.max.bytes={LargestMessage}"] },
    };
}
