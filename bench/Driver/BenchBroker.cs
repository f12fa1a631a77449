using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Cli.Embedded;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Bench.Driver;

/// <summary>A broker that can be taken away and given back with its data.</summary>
internal interface IBenchBroker : IAsyncDisposable
{
    /// <summary>Where clients reach it.</summary>
    string BootstrapServers { get; }

    /// <summary>What kind of Kafka it is.</summary>
    KafkaProfile Profile { get; }

    /// <summary>Times it was taken away.</summary>
    int Kills { get; }

    /// <summary>Takes it away without notice and gives it back.</summary>
    Task KillAsync(CancellationToken cancellation);
}

/// <summary>Starts the broker of a benchmark.</summary>
internal static class BenchBroker
{
    /// <summary>Starts a real Kafka where a folder of one is given, else the embedded one.</summary>
    /// <param name="kafka">Folder with a program <c>kafka</c>; null: embedded.</param>
    /// <param name="folder">Folder of the benchmark, where a real Kafka keeps its data.</param>
    /// <param name="port">Loopback port.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CliException">The folder holds no such program, or it failed.</exception>
    public static async Task<IBenchBroker> StartAsync(
        DirectoryInfo? kafka, string folder, int port, TimeProvider clock, CancellationToken cancellation) => kafka is not null
        ? await RealBroker.StartAsync(kafka, Path.Combine(folder, "kafka"), port, new ClusterShape(), seed: 0, clock, cancellation)
        : new EmbeddedBroker(port, clock);

    /// <summary>Creates all topics.</summary>
    /// <exception cref="CliException">One is not as it should be.</exception>
    public static async Task CreateTopicsAsync(KafkaSettings kafka, TimeProvider clock, CancellationToken cancellation)
    {
        var findings = await new TopicAdmin(kafka, clock, NullLogger<TopicAdmin>.Instance).EnsureAsync(Topics.All, cancellation);
        if (findings.Count > 0) throw new CliException(string.Join("; ", findings.Select(f => $"{f.Topic} {f.Problem}")));
    }
}

/// <summary>The embedded Kafka, whose one broker refuses connections for a while.</summary>
internal sealed class EmbeddedBroker(int port, TimeProvider clock) : IBenchBroker
{
    private const int OnlyBroker = 1;
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(2);
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(port);

    public string BootstrapServers => _kafka.BootstrapServers;

    public KafkaProfile Profile => KafkaProfile.Embedded;

    public int Kills { get; private set; }

    public async Task KillAsync(CancellationToken cancellation)
    {
        Kills++;
        _kafka.Cluster.BrokerDown(OnlyBroker);
        await Task.Delay(Absence, clock, cancellation);
        _kafka.Cluster.BrokerUp(OnlyBroker);
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}
