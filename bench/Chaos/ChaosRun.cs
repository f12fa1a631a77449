using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Demo;
using MoodStream.Cli.Embedded;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Bench.Chaos;

/// <summary>One run under kills: broker, Redis, scorers as processes, images in, kills as images end, and the account of every id.</summary>
internal sealed class ChaosRun(ChaosSettings settings, TimeProvider clock) : IDisposable
{
    private const string Gate = "default";
    private const int FitImages = 300, HttpPortAbove = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("moodstream-chaos-").FullName;
    private readonly Random _random = new(settings.Seed);
    private int _brokerKills;

    /// <summary>Runs until every image has ended, or none has for five minutes.</summary>
    public async Task<ChaosResult> RunAsync(CancellationToken cancellation)
    {
        await using var broker = await BenchBroker.StartAsync(settings.Kafka, _folder, settings.Port, clock, cancellation);
        using var redis = EmbeddedRedis.Start(new EmbeddedRedisOptions { Folder = Path.Combine(_folder, "redis"), Port = 0 });
        using var camera = new LineCameraTraffic(settings.Seed, oodShare: 0.15, FitImages);
        await PublishAsync(camera, redis.Address, cancellation);
        var kafka = Kafka(broker);
        await BenchBroker.CreateTopicsAsync(kafka, clock, cancellation);

        using var producer = new KafkaRecordProducer(kafka, new StreamingMetrics(), NullLogger<KafkaRecordProducer>.Instance);
        using var live = new ChaosLedger(broker.BootstrapServers);
        var started = clock.GetTimestamp();
        int kills;
        await using (var fleet = new ServiceFleet(
            [.. Enumerable.Range(settings.Port + HttpPortAbove, settings.Scorers)], _folder, ScorerSettings(broker, redis.Address)))
        {
            using var producing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var traffic = new ChaosTraffic(camera, producer, settings.Seed);
            var produce = () => traffic.ProduceAsync(settings.Images, () => live.Ended, producing.Token);
            await KillWhileTheyEndAsync(broker, fleet, live, produce, cancellation);
            await producing.CancelAsync();
            kills = fleet.Kills;
        }

        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        return Sum(broker.BootstrapServers, kills, seconds);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Kills at the drawn shares of the images, until all have ended.</summary>
    private async Task KillWhileTheyEndAsync(
        IBenchBroker broker, ServiceFleet fleet, ChaosLedger live, Func<Task> produce, CancellationToken cancellation)
    {
        var plan = new Queue<(int At, bool Broker)>(Plan());
        var producing = produce();
        var (ended, since, killing) = (0, clock.GetTimestamp(), Task.CompletedTask);
        while (live.Ended < settings.Images || plan.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            live.Read();
            if (producing.IsFaulted) await producing;
            if (live.Ended > ended) (ended, since) = (live.Ended, clock.GetTimestamp());
            else if (clock.GetElapsedTime(since) > Patience) break;
            if (!killing.IsCompleted) continue;
            await killing;
            fleet.Supervise();
            if (!plan.TryPeek(out var next) || live.Ended < next.At) continue;
            plan.Dequeue();
            if (next.Broker) killing = KillBrokerAsync(broker, cancellation);
            else fleet.Kill(_random.Next(settings.Scorers));
            Console.WriteLine($"{live.Ended:N0} ended: SIGKILL of {(next.Broker ? "the broker" : "a scorer")}");
        }

        await killing;
    }

    private async Task KillBrokerAsync(IBenchBroker broker, CancellationToken cancellation)
    {
        _brokerKills++;
        await broker.KillAsync(cancellation);
    }

    /// <summary>When to kill, in images ended: one kill in each of equal shares, at a drawn place in it; who, in a drawn order.</summary>
    private IEnumerable<(int At, bool Broker)> Plan()
    {
        var count = settings.Kills + settings.BrokerKills;
        var who = Enumerable.Range(0, count).Select(i => i < settings.BrokerKills).ToArray();
        _random.Shuffle(who);
        var share = 0.95 * settings.Images / Math.Max(1, count);
        return [.. who.Select((broker, i) => ((int)((i + _random.NextDouble()) * share), broker))];
    }

    private ChaosResult Sum(string servers, int kills, double seconds)
    {
        using var ledger = new ChaosLedger(servers);
        var begin = clock.GetTimestamp();
        while (!ledger.AtEnd)
        {
            if (clock.GetElapsedTime(begin) > Patience) throw new CliException("the outputs cannot be read to their end.");
            ledger.Read();
        }

        return new ChaosResult
        {
            ImagesIn = settings.Images, Accepted = ledger.EndedIn(Topics.Accepted), Review = ledger.EndedIn(Topics.Review),
            DeadLetter = ledger.EndedIn(Topics.DeadLetters),
            Lost = Enumerable.Range(0, settings.Images).Count(i => !ledger.Knows(ChaosTraffic.IdOf(i))),
            Duplicates = ledger.Duplicates, ScorerKills = kills, BrokerKills = _brokerKills, Seconds = Math.Round(seconds, 1),
            Delivery = settings.Delivery.ToString(), Seed = settings.Seed,
        };
    }

    private async Task PublishAsync(ITraffic camera, string address, CancellationToken cancellation)
    {
        var redis = new RedisSettings { Address = address };
        var metrics = new StreamingMetrics();
        await using var connection = new RedisConnection(redis, metrics, clock, NullLogger<RedisConnection>.Instance);
        var store = new RedisStatisticsStore(connection, redis, metrics, clock, NullLogger<RedisStatisticsStore>.Instance);
        var demo = new DemoSettings { Port = 0, KafkaPort = 0, FalseAlarmRate = 0.05, Rate = 1, Backbone = settings.Backbone };
        using var gate = await PublishedGate.FitAndPublishAsync(camera, Gate, demo, store, clock, cancellation);
    }

    private static KafkaSettings Kafka(IBenchBroker broker) => new()
    {
        BootstrapServers = broker.BootstrapServers, Profile = broker.Profile, DeliveryTimeout = Patience,
        MetadataInterval = TimeSpan.FromSeconds(1), MaxInFlightRecords = ChaosTraffic.MaxOutstanding,
        Client = new Dictionary<string, string> { ["reconnect.backoff.max.ms"] = "1000" },
    };

    private string[] ScorerSettings(IBenchBroker broker, string redis) =>
    [
        $"MoodStream:Delivery={settings.Delivery}",
        $"MoodStream:Kafka:BootstrapServers={broker.BootstrapServers}", $"MoodStream:Kafka:Profile={broker.Profile}",
        "MoodStream:Kafka:MetadataInterval=00:00:01", "MoodStream:Kafka:DrainTime=00:00:05",
        "MoodStream:Kafka:SessionTimeout=00:00:06", "MoodStream:Kafka:HeartbeatInterval=00:00:01",
        "MoodStream:Kafka:DeliveryTimeout=00:02:00", "MoodStream:Kafka:Client:reconnect.backoff.max.ms=1000",
        $"MoodStream:Redis:Address={redis}", $"MoodStream:Images:Root={Path.Combine(_folder, "images")}",
        $"MoodStream:Scorer:Gates:{Gate}:Backbone={settings.Backbone}", "Logging:LogLevel:Default=Warning",
    ];
}
