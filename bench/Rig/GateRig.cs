using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Demo;
using MoodStream.Cli.Embedded;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Bench.Rig;

/// <summary>A whole gate for a benchmark: a Kafka, a Redis with published statistics, and the services as processes of their own.</summary>
internal sealed class GateRig : IAsyncDisposable
{
    /// <summary>The one gate.</summary>
    public const string Gate = "default";

    /// <summary>Longest that a member may be silent before its partitions are given to others.</summary>
    public static readonly TimeSpan Session = TimeSpan.FromSeconds(6);

    /// <summary>Longest that a scorer may hold images and end none before it stops, to be started again; well within the patience of any run.</summary>
    public static readonly TimeSpan MaxStandstill = TimeSpan.FromMinutes(2);

    private const double OodShare = 0.15;
    private const string Publisher = "mood bench";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly RigSettings _settings;
    private readonly TimeProvider _clock;
    private readonly EmbeddedRedis? _redis;
    private readonly List<IAsyncDisposable> _parts = [];

    private GateRig(RigSettings settings, string folder, IBenchBroker broker, TimeProvider clock)
    {
        (_settings, Folder, Broker, _clock) = (settings, folder, broker, clock);
        if (settings.Redis is null) _redis = EmbeddedRedis.Start(new EmbeddedRedisOptions { Folder = Path.Combine(folder, "redis"), Port = 0 });
        Camera = new LineCameraTraffic(settings.Seed, OodShare, settings.FitImages);
    }

    /// <summary>Folder of everything; removed at the end.</summary>
    public string Folder { get; }

    /// <summary>The Kafka.</summary>
    public IBenchBroker Broker { get; }

    /// <summary>Address of the Redis.</summary>
    public string RedisAddress => _settings.Redis ?? _redis!.Address;

    /// <summary>Where images come from.</summary>
    public LineCameraTraffic Camera { get; }

    /// <summary>The scorers.</summary>
    public ServiceFleet Scorers { get; private set; } = null!;

    /// <summary>The gateway; null where none was asked for.</summary>
    public ServiceFleet? Gateway { get; private set; }

    /// <summary>The trainer; null where none was asked for.</summary>
    public ServiceFleet? Trainer { get; private set; }

    /// <summary>Settings of the benchmark's own clients: patient, and quick to find a broker that is back.</summary>
    public KafkaSettings Kafka => new()
    {
        BootstrapServers = Broker.BootstrapServers, Profile = Broker.Profile, DeliveryTimeout = Patience,
        MetadataInterval = TimeSpan.FromSeconds(1), MaxInFlightRecords = 1_500, MaxMessageBytes = _settings.MaxMessageBytes ?? 1 << 20,
        Client = new Dictionary<string, string> { ["reconnect.backoff.max.ms"] = "1000" },
    };

    /// <summary>Stands everything up; the statistics are active when it returns.</summary>
    public static async Task<GateRig> StartAsync(RigSettings settings, TimeProvider clock, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("moodstream-bench-").FullName;
        IBenchBroker broker = settings.Kafka is { } kafka
            ? await RealBroker.StartAsync(kafka, Path.Combine(folder, "kafka"), settings.Port, settings.Shape, settings.Seed, clock, cancellation)
            : new EmbeddedBroker(settings.Port, clock);
        var rig = new GateRig(settings, folder, broker, clock);
        try
        {
            await rig.StartServicesAsync(cancellation);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fits the gate to the camera's images, publishes the statistics and makes them active.</summary>
    public Task PublishAsync(CancellationToken cancellation) => WithStoreAsync(async store =>
    {
        var demo = new DemoSettings { Port = 0, KafkaPort = 0, FalseAlarmRate = 0.05, Rate = 1, Backbone = _settings.Backbone, HeatMaps = _settings.HeatMaps };
        using var gate = await PublishedGate.FitAndPublishAsync(Camera, Gate, demo, store, _clock, cancellation);
        var (blob, header) = (await store.ReadBlobAsync(Gate, gate.Version, cancellation), await store.ReadHeaderAsync(Gate, gate.Version, cancellation));
        foreach (var name in _settings.Gates)
            await store.ActivateAsync(name, await store.PublishAsync(name, blob!, header!, cancellation), Publisher, cancellation);
        return gate.Version;
    });

    /// <summary>What the gate judges with. The caller disposes it.</summary>
    public Task<GateStatistics> ReadStatisticsAsync(CancellationToken cancellation) => WithStoreAsync(async store =>
    {
        var active = await store.ReadActiveAsync(Gate, cancellation);
        return GateStatistics.Read(await store.ReadBlobAsync(Gate, active!.Value.Version, cancellation));
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
        await Broker.DisposeAsync();
        _redis?.Dispose();
        Camera.Dispose();
        if (_settings.Keep) Console.WriteLine($"Logs of the services and data of the brokers: {Folder}");
        else Directory.Delete(Folder, recursive: true);
    }

    private async Task<T> WithStoreAsync<T>(Func<RedisStatisticsStore, Task<T>> use)
    {
        var redis = new RedisSettings { Address = RedisAddress };
        var metrics = new StreamingMetrics();
        await using var connection = new RedisConnection(redis, metrics, _clock, NullLogger<RedisConnection>.Instance);
        return await use(new RedisStatisticsStore(connection, redis, metrics, _clock, NullLogger<RedisStatisticsStore>.Instance));
    }

    private async Task StartServicesAsync(CancellationToken cancellation)
    {
        await PublishAsync(cancellation);
        await BenchBroker.CreateTopicsAsync(Kafka, _clock, cancellation);
        int[] ports = [.. Enumerable.Range(_settings.Port + RigSettings.HttpPorts, _settings.Scorers)];
        _parts.Add(Scorers = new ServiceFleet(ports, Folder, ScorerSettings));
        if (_settings.Gateway) _parts.Add(Gateway = new ServiceFleet([_settings.Port + RigSettings.GatewayPort], Folder, GatewaySettings(), ServiceFleet.Gateway));
        if (_settings.Trainer) _parts.Add(Trainer = new ServiceFleet([_settings.Port + RigSettings.GatewayPort + 1], Folder, Common(RedisAddress), "trainer"));
    }

    private List<string> ScorerSettings(int member) =>
    [
        .. Common(_settings.RedisOfScorers ?? RedisAddress, _settings.ThroughLinks(member)), $"MoodStream:Delivery={_settings.Delivery}",
        $"MoodStream:Scorer:MaxStandstill={MaxStandstill}",
        $"MoodStream:Scorer:Gates:{Gate}:Backbone={_settings.Backbone}",
        .. _settings.Gates.SelectMany(g => new[] { $"MoodStream:Scorer:Gates:{g}:Backbone={_settings.Backbone}", $"MoodStream:Scorer:Gates:{g}:Sources:0={g}" }),
        .. _settings.ScorerSettings,
    ];

    private List<string> GatewaySettings() => [.. Common(RedisAddress), .. _settings.GatewaySettings];

    private List<string> Common(string redis, bool throughLinks = false)
    {
        List<string> common =
        [
            .. throughLinks ? ((RealBroker)Broker).SettingsThroughLinks : [$"MoodStream:Kafka:BootstrapServers={Broker.BootstrapServers}"],
            $"MoodStream:Kafka:Profile={Broker.Profile}",
            "MoodStream:Kafka:MetadataInterval=00:00:01", "MoodStream:Kafka:DrainTime=00:00:05",
            $"MoodStream:Kafka:SessionTimeout={Session}", "MoodStream:Kafka:HeartbeatInterval=00:00:01",
            "MoodStream:Kafka:DeliveryTimeout=00:02:00", "MoodStream:Kafka:Client:reconnect.backoff.max.ms=1000",
            $"MoodStream:Redis:Address={redis}", $"MoodStream:Images:Root={Path.Combine(Folder, "images")}",
            "Logging:LogLevel:Default=Warning", .. _settings.ServiceSettings,
        ];
        if (_settings.MaxMessageBytes is { } bytes) common.Add($"MoodStream:Kafka:MaxMessageBytes={bytes}");
        return common;
    }
}
