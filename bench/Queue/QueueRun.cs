using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Review;
using MoodStream.Bench.Rig;
using StackExchange.Redis;

namespace MoodStream.Bench.Queue;

/// <summary>How a run goes.</summary>
/// <param name="Kafka">Folder of a real Kafka; null: embedded.</param>
/// <param name="Cases">Open cases, at least, all the time.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Images">Images a second that the gate scores meanwhile.</param>
/// <param name="Duration">How long it is measured.</param>
/// <param name="Port">First of the ports.</param>
/// <param name="Seed">Seed of all chance.</param>
/// <param name="Backbone">Backbone of the gate.</param>
internal sealed record QueuePlan(DirectoryInfo? Kafka, int Cases, int Rate, int Images, TimeSpan Duration, int Port, int Seed, string Backbone);

/// <summary>One run: the queue is filled, then reviewers list and claim at a steady rate while images flow through the gate.</summary>
internal sealed class QueueRun(QueuePlan plan, TimeProvider clock) : IDisposable
{
    private const int Frames = 64, Sources = 16;
    private const string Key = "bench-queue-reviewer";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3), Glance = TimeSpan.FromMilliseconds(100), WarmUp = TimeSpan.FromSeconds(5);
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ConcurrentBag<double> _lists = [], _claims = [];
    private int _failed;

    /// <summary>Does all of it.</summary>
    /// <exception cref="InvalidOperationException">The cases did not open.</exception>
    public async Task<QueueResult> RunAsync(CancellationToken cancellation)
    {
        await using var rig = await GateRig.StartAsync(Settings(), clock, cancellation);
        using var cameras = new GatewayClient(rig.Gateway!.AddressOf(0));
        await cameras.ReadyAsync(clock, cancellation);
        _client.BaseAddress = rig.Gateway.AddressOf(0);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await using var ledger = new LiveLedger(rig.Broker.BootstrapServers);
        WaitingCases.Produce(rig.Broker.BootstrapServers, GateRig.Gate, CasesToOpen, plan.Seed);
        await OpenedAsync(cancellation);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var flowing = FlowAsync(rig, cameras, stop.Token);
        await DueCalls.RunAsync(DueCalls.Steady(plan.Rate, WarmUp), AskAsync, clock, cancellation);
        var result = await MeasureAsync(rig, ledger, cancellation);
        await stop.CancelAsync();
        await flowing;
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // Every second request takes a case away; so many more are there that at least the wanted ones are open to the end.
    private int CasesToOpen => plan.Cases + (int)Math.Ceiling(plan.Rate * (plan.Duration + WarmUp).TotalSeconds / 2) + 1;

    private async Task<QueueResult> MeasureAsync(GateRig rig, LiveLedger ledger, CancellationToken cancellation)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(rig.RedisAddress);
        _lists.Clear();
        _claims.Clear();
        _failed = 0;
        var (open, memory, ended) = (await OpenAsync(cancellation), GatewayMiB(rig), ledger.Ended);
        var (began, roundTrips) = (clock.GetTimestamp(), new List<double>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var timing = RedisRoundTrips.TimeAsync(redis.GetDatabase(), roundTrips, stop.Token);
        var requests = await DueCalls.RunAsync(DueCalls.Steady(plan.Rate, plan.Duration), AskAsync, clock, cancellation);
        await stop.CancelAsync();
        await timing;
        return new QueueResult
        {
            OpenAtBegin = open, OpenAtEnd = await OpenAsync(cancellation), Requests = requests, Failed = _failed, Verdicts = ledger.Ended - ended,
            Seconds = clock.GetElapsedTime(began).TotalSeconds,
            ListMsP50 = Percentile.Of(_lists, 0.5), ListMsP99 = Percentile.Of(_lists, 0.99),
            ClaimMsP50 = Percentile.Of(_claims, 0.5), ClaimMsP99 = Percentile.Of(_claims, 0.99),
            RedisRoundTripMsP50 = Percentile.Of(roundTrips, 0.5), RedisRoundTripMsP99 = Percentile.Of(roundTrips, 0.99),
            GatewayMiBAtBegin = memory, GatewayMiBAtEnd = GatewayMiB(rig),
        };
    }

    private async Task FlowAsync(GateRig rig, GatewayClient cameras, CancellationToken stop)
    {
        byte[][] frames = [.. Enumerable.Range(0, Frames).Select(_ => rig.Camera.Next().Encoded)];
        try
        {
            await DueCalls.RunAsync(
                DueCalls.Steady(plan.Images, TimeSpan.MaxValue),
                (i, _) => cameras.PutAsync($"line-{i % Sources}", $"queue-{i:D8}", frames[i % Frames], "image/jpeg", stop), clock, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // enough
        }
    }

    // Lists, in each of the orders, and claims in turns.
    private async Task AskAsync(int call, long due)
    {
        var (times, good) = call % 2 == 0
            ? (_lists, await GoodAsync(HttpMethod.Get, $"/v1/review/{GateRig.Gate}/cases?sort={Sort(call)}&limit=50", null))
            : (_claims, await GoodAsync(HttpMethod.Post, $"/v1/review/{GateRig.Gate}/claims", """{"count":1}"""));
        times.Add(clock.GetElapsedTime(due).TotalMilliseconds);
        if (!good) Interlocked.Increment(ref _failed);
    }

    private static string Sort(int call) => (call / 2 % 3) switch { 0 => "score", 1 => "age", _ => "uncertainty" };

    private async Task<bool> GoodAsync(HttpMethod method, string path, string? json)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            if (json is not null) request.Content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
            using var response = await _client.SendAsync(request);
            if (!response.IsSuccessStatusCode) return false;
            var body = await response.Content.ReadFromJsonAsync<JsonElement>();
            return body.GetProperty("cases").GetArrayLength() > 0;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            return false;
        }
    }

    private async Task OpenedAsync(CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        while (await OpenAsync(cancellation) is var open && open < CasesToOpen)
        {
            if (clock.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"Only {open} of {CasesToOpen} cases opened in {Patience}.");
            await Task.Delay(Glance, clock, cancellation);
        }
    }

    private async Task<long> OpenAsync(CancellationToken cancellation)
    {
        var queues = await _client.GetFromJsonAsync<JsonElement>(new Uri("/v1/review/gates", UriKind.Relative), cancellation);
        return queues.GetProperty("gates").EnumerateArray().Where(g => g.GetProperty("gate").GetString() == GateRig.Gate)
            .Sum(g => g.GetProperty("open").GetInt64());
    }

    private static double GatewayMiB(GateRig rig) => (ProcessUse.Of(rig.Gateway!.ProcessIdOf(0))?.ResidentBytes ?? 0) / 1048576.0;

    private RigSettings Settings() => new()
    {
        Kafka = plan.Kafka, Port = plan.Port, Seed = plan.Seed, Backbone = plan.Backbone, Scorers = 1, Gateway = true,
        GatewaySettings =
        [
            $"MoodStream:Review:Keys:reviewer:Sha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
            "MoodStream:Review:Keys:reviewer:Roles:0=Reviewer", "MoodStream:Review:RequestsPerSecond=10000", "MoodStream:Review:Lease=01:00:00",
        ],
    };
}
