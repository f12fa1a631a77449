using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using StackExchange.Redis;

namespace MoodStream.Bench.Redis;

/// <summary>How a run goes.</summary>
/// <param name="Kafka">Folder of a real Kafka; null: embedded.</param>
/// <param name="Port">First of the ports.</param>
/// <param name="Seed">Seed of the images.</param>
/// <param name="Backbone">Backbone of the gate.</param>
internal sealed record RedisPlan(DirectoryInfo? Kafka, int Port, int Seed, string Backbone);

/// <summary>One run: images flow through two scorers while the Redis behind them is killed, emptied and slowed.</summary>
internal sealed class RedisRun(RedisPlan plan, TimeProvider clock) : IDisposable
{
    private const int RedisPort = 80, LinkPort = 81, Scorers = 2, Outstanding = 200, Some = 100;

    /// <summary>So long a gate goes on with what Redis does not confirm. A day unless set; shortened, so that its end is seen.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), Absence = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50), Slow = TimeSpan.FromSeconds(2);

    private const string Unconfirmed = "moodstream_scorer_statistics_unconfirmed_seconds", Version = "moodstream_scorer_statistics_version";
    private readonly string _folder = Directory.CreateTempSubdirectory("moodstream-redis-").FullName;
    private readonly ServiceProbe _probe = new();
    private readonly List<RedisFinding> _findings = [];

    /// <summary>Does all of it, and tells what was seen.</summary>
    public async Task<RedisResult> RunAsync(CancellationToken cancellation)
    {
        await using var redis = new RedisProcess(plan.Port + RedisPort, _folder, clock);
        await redis.StartAsync(cancellation);
        await using var link = new FaultyLink(plan.Port + LinkPort, redis.EndPoint, plan.Seed, clock);
        await using var rig = await GateRig.StartAsync(Settings(redis, link), clock, cancellation);
        await using var flow = new RigFlow(rig, Outstanding, plan.Seed, clock);
        Note("running", "verdicts come", 0, await flow.MoreAsync(10 * Some, Patience, cancellation));

        await KilledAsync(redis, rig, flow, cancellation);
        await SlowedAsync(link, rig, flow, cancellation);
        await EmptiedAsync(redis, rig, flow, cancellation);
        await KilledForLongAsync(redis, rig, flow, cancellation);
        var (put, lost) = await flow.StopAsync(cancellation);
        return new RedisResult { ImagesIn = put, Lost = lost, Duplicates = flow.Duplicates, Findings = _findings };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _probe.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task KilledAsync(RedisProcess redis, GateRig rig, RigFlow flow, CancellationToken cancellation)
    {
        const string what = "killed, back after 10 s";
        var from = flow.Seconds;
        await redis.KillAsync();
        await Task.Delay(Absence, clock, cancellation);
        await VerdictsWentOnAsync(what, flow, from, cancellation);
        var health = await _probe.ReadyAsync(rig.Scorers.AddressOf(0), "redis", cancellation);
        Note(what, "ready, with its part redis degraded", 0, health is { Ready: true, Part: "degraded" });
        var age = await _probe.MetricAsync(rig.Scorers.AddressOf(0), Unconfirmed, cancellation);
        Note(what, "the metric of what is unconfirmed tells it", age ?? 0, age > Absence.TotalSeconds / 2);
        await redis.StartAsync(cancellation);
        await UntilAsync(what, "confirmed again", async () => await OldestAsync(rig, cancellation) < 2 * Poll.TotalSeconds, cancellation);
    }

    private async Task SlowedAsync(FaultyLink link, GateRig rig, RigFlow flow, CancellationToken cancellation)
    {
        const string what = "2 s a call";
        var before = await _probe.MetricAsync(rig.Scorers.AddressOf(0), Version, cancellation);
        var from = flow.Seconds;
        link.Fault = new LinkFault { Delay = Slow / 2 };
        await Task.Delay(Absence, clock, cancellation);
        await VerdictsWentOnAsync(what, flow, from, cancellation);
        await rig.PublishAsync(cancellation);
        await UntilAsync(what, "a new version is in use on every scorer", async () => await AllAsync(rig, Version, v => v > before, cancellation), cancellation);
        link.Fault = LinkFault.None;
        await UntilAsync(what, "confirmed as before once it is fast", async () => await OldestAsync(rig, cancellation) < 2 * Poll.TotalSeconds, cancellation);
    }

    private async Task EmptiedAsync(RedisProcess redis, GateRig rig, RigFlow flow, CancellationToken cancellation)
    {
        const string what = "emptied";
        await using (var client = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { redis.EndPoint }, AllowAdmin = true }))
            await client.GetServer(redis.EndPoint).FlushAllDatabasesAsync();
        var from = flow.Seconds;
        await Task.Delay(Limit / 2, clock, cancellation);
        await VerdictsWentOnAsync(what, flow, from, cancellation);
        await HeldAsync(what, rig, flow, cancellation);
        await rig.PublishAsync(cancellation);
        await VerdictsComeAsync("published again", "verdicts come", flow, cancellation);
    }

    private async Task KilledForLongAsync(RedisProcess redis, GateRig rig, RigFlow flow, CancellationToken cancellation)
    {
        const string what = "killed for longer than the limit";
        await redis.KillAsync();
        await HeldAsync(what, rig, flow, cancellation);
        await redis.StartAsync(cancellation);
        await VerdictsComeAsync(what, "verdicts come once it is back", flow, cancellation);
    }

    /// <summary>Waits until the gate fails closed, and looks whether anything ends while it is.</summary>
    private async Task HeldAsync(string what, GateRig rig, RigFlow flow, CancellationToken cancellation)
    {
        await UntilAsync(what, "not ready once the limit of 20 s is over", async () =>
        {
            foreach (var scorer in rig.Scorers.Members)
                if (await _probe.ReadyAsync(rig.Scorers.AddressOf(scorer), "gates", cancellation) is not { Ready: false, Part: "unhealthy" }) return false;
            return true;
        }, cancellation);
        while (await flow.MoreAsync(1, Poll, cancellation))
        {
            // What was judged before, and what is no image at all, still ends.
        }

        Note(what, "no verdict while it holds", Absence.TotalSeconds, !await flow.MoreAsync(1, Absence, cancellation));
    }

    private async Task VerdictsWentOnAsync(string what, RigFlow flow, double from, CancellationToken cancellation)
    {
        var silence = flow.LongestSilence(from);
        Note(what, "verdicts go on; longest pause", silence, silence < Absence.TotalSeconds / 2 && await flow.MoreAsync(Some, Patience, cancellation));
    }

    private Task VerdictsComeAsync(string what, string promised, RigFlow flow, CancellationToken cancellation)
    {
        var before = flow.Ended;
        return UntilAsync(what, promised, () => Task.FromResult(flow.Ended >= before + Some), cancellation);
    }

    private async Task UntilAsync(string what, string promised, Func<Task<bool>> holds, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        bool met;
        while (!(met = await holds()) && clock.GetElapsedTime(began) < Patience) await Task.Delay(Glance, clock, cancellation);
        Note(what, promised, clock.GetElapsedTime(began).TotalSeconds, met);
    }

    private async Task<double> OldestAsync(GateRig rig, CancellationToken cancellation)
    {
        var ages = new List<double>();
        foreach (var scorer in rig.Scorers.Members)
            ages.Add(await _probe.MetricAsync(rig.Scorers.AddressOf(scorer), Unconfirmed, cancellation) ?? double.MaxValue);
        return ages.Max();
    }

    private async Task<bool> AllAsync(GateRig rig, string metric, Func<double, bool> holds, CancellationToken cancellation)
    {
        foreach (var scorer in rig.Scorers.Members)
            if (await _probe.MetricAsync(rig.Scorers.AddressOf(scorer), metric, cancellation) is not { } value || !holds(value)) return false;
        return true;
    }

    private void Note(string what, string promised, double seconds, bool met)
    {
        _findings.Add(new(what, promised, Math.Round(seconds, 1), met));
        Console.WriteLine($"{what}: {promised}: {seconds:F1} s, {(met ? "met" : "missed")}");
    }

    private RigSettings Settings(RedisProcess redis, FaultyLink link) => new()
    {
        Kafka = plan.Kafka, Port = plan.Port, Seed = plan.Seed, Backbone = plan.Backbone, Scorers = Scorers,
        Redis = redis.EndPoint.ToString(), RedisOfScorers = $"127.0.0.1:{link.Port}",
        ScorerSettings = [$"MoodStream:Scorer:Gates:{GateRig.Gate}:MaxUnconfirmedAge={Limit}", $"MoodStream:Redis:PollInterval={Poll}"],
    };
}
