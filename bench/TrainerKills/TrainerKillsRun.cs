using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Embedded;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Registry;
using MoodStream.Trainer.Settings;
using static TorchSharp.torch;

namespace MoodStream.Bench.TrainerKills;

/// <summary>How a run goes.</summary>
internal sealed record TrainerKillsPlan
{
    /// <summary>Records on accepted.</summary>
    public required int Records { get; init; }

    /// <summary>SIGKILLs.</summary>
    public required int Kills { get; init; }

    /// <summary>Seed of images, kills and their times.</summary>
    public required int Seed { get; init; }

    /// <summary>First of the loopback ports.</summary>
    public required int Port { get; init; }

    /// <summary>Folder of a real Kafka; null: the embedded one.</summary>
    public DirectoryInfo? Kafka { get; init; }
}

/// <summary>Kafka and Redis here, two trainers in processes that are killed, and the account of what they learned.</summary>
internal sealed class TrainerKillsRun(TrainerKillsPlan plan, TimeProvider clock) : IDisposable
{
    private const string Gate = "bench";
    private const int Trainers = 2, HttpPortAbove = 50, FitImages = 600;

    /// <summary>Most records that wait for the trainers: the embedded Kafka keeps 5 MiB of a partition.</summary>
    private const int MaxOutstanding = 20_000;

    /// <summary>One kill in each of such spans on average: about what a trainer takes to start and to work for a while.</summary>
    private static readonly TimeSpan KillSpan = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan WithoutProgress = TimeSpan.FromMinutes(3), Glance = TimeSpan.FromMilliseconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("moodstream-trainer-kills-").FullName;
    private readonly LearningSettings _learning = new() { Mode = LearningMode.Accepted, WindowImages = 1_000_000 };
    private readonly Random _random = new(plan.Seed);
    private readonly LearningTraffic _traffic = new(Gate, plan.Seed);
    private long _written;

    /// <summary>Runs until every record is stored.</summary>
    /// <exception cref="CliException">The trainers made no progress.</exception>
    public async Task<TrainerKillsResult> RunAsync(CancellationToken cancellation)
    {
        await using var broker = await BenchBroker.StartAsync(plan.Kafka, _folder, plan.Port, clock, cancellation);
        using var redis = EmbeddedRedis.Start(new EmbeddedRedisOptions { Folder = Path.Combine(_folder, "redis"), Port = 0, Memory = "1g" });
        var settings = new RedisSettings { Address = redis.Address };
        var metrics = new StreamingMetrics();
        await using var connection = new RedisConnection(settings, metrics, clock, NullLogger<RedisConnection>.Instance);
        await PublishAsync(new RedisStatisticsStore(connection, settings, metrics, clock, NullLogger<RedisStatisticsStore>.Instance), cancellation);
        var kafka = Kafka(broker);
        await BenchBroker.CreateTopicsAsync(kafka, clock, cancellation);

        var store = new PartitionStore(connection);
        using var producer = new KafkaRecordProducer(kafka, metrics, NullLogger<KafkaRecordProducer>.Instance);
        var began = clock.GetTimestamp();
        int kills;
        await using (var fleet = new ServiceFleet(
            [.. Enumerable.Range(plan.Port + HttpPortAbove, Trainers)], _folder, TrainerSettingsOf(broker, redis.Address), "trainer"))
        {
            var producing = ProduceAsync(producer, store, cancellation);
            await KillAsync(fleet, cancellation);
            await producing;
            await StoredAsync(fleet, store, cancellation);
            kills = fleet.Kills;
        }

        return await TellAsync(store, new RecallStore(connection), kills, clock.GetElapsedTime(began).TotalSeconds, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TimeSpan Span => KillSpan * Math.Max(1, plan.Kills);

    /// <summary>Writes evenly over the time of the kills, and never further ahead of the trainers than Kafka keeps.</summary>
    private async Task ProduceAsync(KafkaRecordProducer producer, PartitionStore store, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        var writes = new List<Task>();
        for (var record = 0; record < plan.Records; record++)
        {
            while (clock.GetElapsedTime(began) < Span * record / plan.Records) await Task.Delay(Glance, clock, cancellation);
            foreach (var outgoing in _traffic.Next())
            {
                writes.Add(producer.WriteAsync(outgoing, cancellation));
                _written++;
            }

            if (record % 1_000 != 999) continue;
            await Task.WhenAll(writes);
            writes.Clear();
            while (_written - await StoredOffsetsAsync(store, cancellation) > MaxOutstanding) await Task.Delay(Glance, clock, cancellation);
        }

        await Task.WhenAll(writes);
    }

    /// <summary>One kill in each of equal spans, at a drawn moment of it.</summary>
    private async Task KillAsync(ServiceFleet fleet, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        for (var kill = 0; kill < plan.Kills; kill++)
        {
            var at = KillSpan * (kill + _random.NextDouble());
            while (clock.GetElapsedTime(began) < at) await Task.Delay(Glance, clock, cancellation);
            var victim = _random.Next(Trainers);
            fleet.Supervise();
            fleet.Kill(victim);
            Console.WriteLine($"{_written:N0} records written: SIGKILL of trainer {victim}");
        }
    }

    private async Task StoredAsync(ServiceFleet fleet, PartitionStore store, CancellationToken cancellation)
    {
        var (stored, since) = (0L, clock.GetTimestamp());
        while (stored < _written)
        {
            if (clock.GetElapsedTime(since) > WithoutProgress)
                throw new CliException($"the trainers stand still: {stored:N0} of {_written:N0} records are stored.");
            await Task.Delay(Glance, clock, cancellation);
            fleet.Supervise();
            var now = await StoredOffsetsAsync(store, cancellation);
            if (now > stored) (stored, since) = (now, clock.GetTimestamp());
        }
    }

    private static async Task<long> StoredOffsetsAsync(PartitionStore store, CancellationToken cancellation)
    {
        long sum = 0;
        foreach (var name in await store.PartitionsAsync(Gate, cancellation)) sum += await store.OffsetAsync(Gate, name, cancellation);
        return sum;
    }

    private async Task<TrainerKillsResult> TellAsync(
        PartitionStore store, RecallStore recalls, int kills, double seconds, CancellationToken cancellation)
    {
        long ownerships = 0;
        foreach (var name in await store.PartitionsAsync(Gate, cancellation)) ownerships += (await store.ReadAsync(Gate, name, cancellation)).Epoch;
        using var fitted = Fit();
        var harvester = new Harvester(store, recalls);
        using var harvest = await harvester.CollectAsync(Gate, FeatureSpace.Of(fitted)!, _learning, cancellation);
        return Compare(harvest, kills, ownerships, seconds);
    }

    private TrainerKillsResult Compare(GateHarvest harvest, int kills, long ownerships, double seconds)
    {
        var expected = new OnePass();
        var calibration = new HashSet<string>();
        foreach (var image in _traffic.Images.Where(i => _traffic.Stands(i.ImageId)))
        {
            var use = LearnedImage.Drawn(image.ImageId, _learning);
            if (use == ImageUse.Calibration) calibration.Add(image.ImageId);
            if (use == ImageUse.Fit && image.PValue >= _learning.GuardPValue) expected.Add(image.Feature, image.NearestClass!.Value);
        }

        var (means, scatter) = expected.Moments(LearningTraffic.Classes, LearningTraffic.Dimension);
        return new()
        {
            Records = plan.Records, UniqueIds = _traffic.Images.Count, Decisions = _traffic.Decisions, Kills = kills, N = harvest.Moments.Weight,
            NExpected = expected.Count, Calibration = harvest.Calibration.Count, CalibrationExpected = calibration.Count,
            SameCalibration = harvest.Calibration.Count == calibration.Count && harvest.Calibration.All(i => calibration.Contains(i.Id)),
            MeanMaxAbsDiff = Largest(harvest.Moments.Means, means), ScatterMaxRelDiff = Largest(harvest.Moments.Within, scatter) / scatter.Max(Math.Abs),
            Ownerships = ownerships, Seconds = Math.Round(seconds, 1), Seed = plan.Seed,
        };
    }

    private static double Largest(Tensor found, double[] expected)
    {
        using var flat = found.contiguous();
        return flat.data<double>().ToArray().Zip(expected, (a, b) => Math.Abs(a - b)).Max();
    }

    private async Task PublishAsync(RedisStatisticsStore store, CancellationToken cancellation)
    {
        using var fitted = Fit();
        var version = await store.PublishAsync(Gate, fitted.ToBytes(), VersionHeader.Of(fitted, "mood bench", "What the images begin with."), cancellation);
        await store.ActivateAsync(Gate, version, "mood bench", cancellation);
    }

    /// <summary>The version that the gate begins with: it says what features mean, and which classes there are.</summary>
    private GateStatistics Fit()
    {
        var (values, labels) = new LearningTraffic(Gate, plan.Seed).FitSet(FitImages);
        using var scope = NewDisposeScope();
        return GateStatisticsFitter.Fit(
            tensor(values, [FitImages, LearningTraffic.Dimension]), tensor(labels), new GateFitSettings { TargetFalseAlarmRate = 0.02 },
            new GateProvenance
            {
                Gate = Gate, ModelHash = LearningTraffic.Model, PreprocessingHash = LearningTraffic.Preprocessing, FittedAt = clock.GetUtcNow(),
                ClassNames = ["even", "odd"],
            });
    }

    private static KafkaSettings Kafka(IBenchBroker broker) => new()
    {
        BootstrapServers = broker.BootstrapServers, Profile = broker.Profile, MetadataInterval = TimeSpan.FromSeconds(1),
    };

    private string[] TrainerSettingsOf(IBenchBroker broker, string redis) =>
    [
        $"MoodStream:Kafka:BootstrapServers={broker.BootstrapServers}", $"MoodStream:Kafka:Profile={broker.Profile}",
        "MoodStream:Kafka:MetadataInterval=00:00:01", "MoodStream:Kafka:DrainTime=00:00:05",
        $"MoodStream:Kafka:SessionTimeout={(broker.Profile == KafkaProfile.Embedded ? "00:00:02" : "00:00:06")}",
        "MoodStream:Kafka:HeartbeatInterval=00:00:00.500",
        $"MoodStream:Redis:Address={redis}", $"MoodStream:Images:Root={Path.Combine(_folder, "images")}",
        "MoodStream:Trainer:CheckpointInterval=00:00:00.500", "MoodStream:Trainer:CheckpointRecords=500",
        $"MoodStream:Trainer:Default:Mode={_learning.Mode}", $"MoodStream:Trainer:Default:WindowImages={_learning.WindowImages}",
        "MoodStream:Trainer:Default:Refit:AfterImages=0", "Logging:LogLevel:Default=Warning",
    ];
}
