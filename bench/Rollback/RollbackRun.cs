using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Bench.Driver;
using MoodStream.Cli;
using MoodStream.Cli.Demo;
using MoodStream.Cli.Embedded;
using MoodStream.Cli.Terminal;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Bench.Rollback;

/// <summary>One run: embedded Kafka and Redis, scorers as processes, images flowing, and roll-backs by the command.</summary>
internal sealed class RollbackRun(RollbackSettings settings, TimeProvider clock) : IDisposable
{
    private const string Gate = "default";
    private const int FitImages = 300, Frames = 64, Sources = 48, Tries = 5;

    // Few enough that none waits long for the device: what is timed is the swap, not a queue.
    private const int MaxOutstandingPerScorer = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), Glance = TimeSpan.FromMilliseconds(5);
    private volatile string? _fault;
    private readonly string _folder = Directory.CreateTempSubdirectory("moodstream-rollback-").FullName;

    /// <summary>Starts everything, rolls back so many times, and ends everything.</summary>
    /// <exception cref="CliException">A scorer gave no output, or partitions kept changing hands.</exception>
    public async Task<RollbackResult> RunAsync(CancellationToken cancellation)
    {
        await using var kafka = EmbeddedKafka.Start(port: 0);
        using var redis = EmbeddedRedis.Start(new EmbeddedRedisOptions { Folder = Path.Combine(_folder, "redis"), Port = 0 });
        using var camera = new LineCameraTraffic(settings.Seed, oodShare: 0.15, FitImages);
        await using var connection = Connection(redis.Address);
        var store = new RedisStatisticsStore(
            connection, new RedisSettings { Address = redis.Address }, new StreamingMetrics(), clock, NullLogger<RedisStatisticsStore>.Instance);
        var (older, newer) = await PublishTwoAsync(camera, store, cancellation);

        int[] ports = [.. Enumerable.Range(0, settings.Scorers).Select(_ => LoopbackPort.Free())];
        await using var fleet = new ServiceFleet(ports, _folder, ScorerSettings(kafka.BootstrapServers, redis.Address));
        using var ledger = new VersionLedger(kafka.BootstrapServers, clock);
        using var flowing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var flow = FlowAsync(kafka.BootstrapServers, camera, ledger, flowing.Token);
        try
        {
            using var owners = new SourceOwners(ports);
            var rounds = new List<RollbackRound>();
            while (rounds.Count < settings.Rounds)
            {
                rounds.Add(await RoundAsync(store, redis.Address, (older, newer), ledger, owners, cancellation));
                Console.WriteLine($"round {rounds.Count}: {string.Join(", ", rounds[^1].Seconds.Select(s => $"{s:F3} s"))}");
            }

            return Sum(rounds, ledger.Count);
        }
        finally
        {
            await flowing.CancelAsync();
            await flow.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>One roll-back; again where partitions changed hands meanwhile, since then nobody knows whose output is whose.</summary>
    private async Task<RollbackRound> RoundAsync(
        RedisStatisticsStore store, string redis, (long Older, long Newer) versions, VersionLedger ledger, SourceOwners owners,
        CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            await store.ActivateAsync(Gate, versions.Newer, "mood bench rollback", cancellation);
            await AllNameAsync(versions.Newer, ledger, ledger.Count, cancellation);
            var before = await owners.CountAsync(cancellation);
            await AllNameAsync(versions.Newer, ledger, ledger.Count, cancellation);
            var (seen, began) = (ledger.Count, clock.GetTimestamp());
            if (await MoodCommand.RunAsync(["stats", "rollback", "--redis", redis, "--gate", Gate, "--who", "mood bench"]) != ExitCode.Ok)
                throw new CliException("mood stats rollback failed.");
            var command = clock.GetElapsedTime(began);
            await AllNameAsync(versions.Older, ledger, seen, cancellation);
            var owner = SourceOwners.Between(before, await owners.CountAsync(cancellation));
            if (owner is not null) return RollbackRound.Of(ledger.After(seen), owner, versions.Older, settings.Scorers, at => clock.GetElapsedTime(began, at), command);
        }

        throw new CliException($"Partitions changed hands, or a scorer had none, {Tries} times in a row; the machine is too busy to measure on.");
    }

    /// <summary>Waits until the newest output of every source names a version, among those beyond the first so many.</summary>
    private async Task AllNameAsync(long version, VersionLedger ledger, int after, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            if ((_fault ?? ledger.Fault) is { } fault) throw new CliException($"Images do not flow: {fault}");
            var newest = new Dictionary<string, long>();
            foreach (var output in ledger.After(after)) newest[output.Source] = output.Version;
            if (newest.Count == Sources && newest.Values.All(v => v == version)) return;
            if (clock.GetElapsedTime(began) > Patience)
                throw new CliException($"Only {newest.Values.Count(v => v == version)} of {Sources} sources had outputs of version {version} within {Patience}.");
            await Task.Delay(Glance, clock, cancellation);
        }
    }

    /// <summary>Puts images in at a steady pace, and only so many beyond those that have come out.</summary>
    private async Task FlowAsync(string servers, LineCameraTraffic camera, VersionLedger ledger, CancellationToken cancellation)
    {
        var kafka = new KafkaSettings { BootstrapServers = servers, Profile = KafkaProfile.Embedded };
        using var producer = new KafkaRecordProducer(kafka, new StreamingMetrics(), NullLogger<KafkaRecordProducer>.Instance);
        byte[][] frames = [.. Enumerable.Range(0, Frames).Select(_ => camera.Next().Encoded)];
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / settings.Rate), clock);
        for (var image = 0; await pace.WaitForNextTickAsync(cancellation); )
        {
            if (image - ledger.Count >= MaxOutstandingPerScorer * settings.Scorers) continue;
            var record = new ImageEvent { ImageId = $"rollback-{image:D8}", Source = $"line-{image % Sources}", ReceivedAt = clock.GetUtcNow() };
            image++;
            try
            {
                await producer.WriteAsync(record.ToRecord(frames[image % Frames]), cancellation);
            }
            catch (RecordNotWrittenException e)
            {
                _fault = e.Message;
                return;
            }
        }
    }

    private async Task<(long Older, long Newer)> PublishTwoAsync(ITraffic camera, RedisStatisticsStore store, CancellationToken cancellation)
    {
        var demo = new DemoSettings { Port = 0, KafkaPort = 0, FalseAlarmRate = 0.05, Rate = 1, Backbone = settings.Backbone };
        using var gate = await PublishedGate.FitAndPublishAsync(camera, Gate, demo, store, clock, cancellation);
        // The same statistics under another number: what a swap costs does not depend on how much they differ.
        var blob = await store.ReadBlobAsync(Gate, gate.Version, cancellation);
        var header = await store.ReadHeaderAsync(Gate, gate.Version, cancellation);
        var newer = await store.PublishAsync(
            Gate, blob, header! with { Parent = gate.Version, Reason = "To be rolled back from.", Author = "mood bench rollback" }, cancellation);
        return (gate.Version, newer);
    }

    private RollbackResult Sum(List<RollbackRound> rounds, int outputs) => new()
    {
        Scorers = settings.Scorers, Rounds = rounds.Count, Outputs = outputs, Rate = settings.Rate, Seed = settings.Seed,
        SecondsMax = rounds.Max(r => r.Seconds.Max()), SecondsMedian = Spread.Of([.. rounds.Select(r => r.Seconds.Max())]).Median,
        SecondsPerScorer = [.. Enumerable.Range(0, settings.Scorers).Select(s => rounds.Max(r => r.Seconds[s]))],
        SecondsToLastOfOtherVersionMax = rounds.Max(r => r.LastOfOtherVersion), CommandSecondsMedian = Spread.Of([.. rounds.Select(r => r.Command)]).Median,
    };

    private RedisConnection Connection(string address) => new(
        new RedisSettings { Address = address }, new StreamingMetrics(), clock, NullLogger<RedisConnection>.Instance);

    private string[] ScorerSettings(string kafka, string redis) =>
    [
        $"MoodStream:Kafka:BootstrapServers={kafka}", $"MoodStream:Kafka:Profile={KafkaProfile.Embedded}",
        // Three scorers on few cores miss heartbeats of the embedded profile's short session while they load.
        "MoodStream:Kafka:SessionTimeout=00:00:06", "MoodStream:Kafka:HeartbeatInterval=00:00:01",
        $"MoodStream:Redis:Address={redis}", $"MoodStream:Images:Root={Path.Combine(_folder, "images")}",
        $"MoodStream:Scorer:Gates:{Gate}:Backbone={settings.Backbone}", "Logging:LogLevel:Default=Warning",
    ];
}
