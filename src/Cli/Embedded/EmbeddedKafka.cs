using MoodStream.Contracts;

namespace MoodStream.Cli.Embedded;

/// <summary>An in-process Kafka on one fixed loopback port that any Kafka client can join, with all topics of MoodStream.</summary>
/// <remarks>See <see cref="MockCluster"/> for what it does not promise: it is for trying out and for tests.</remarks>
public sealed class EmbeddedKafka : IAsyncDisposable
{
    /// <summary>Port it listens on unless told otherwise.</summary>
    public const int DefaultPort = 29092;

    private const int OnlyBroker = 1;
    private readonly LoopbackForwarder _forwarder;

    private EmbeddedKafka(MockCluster cluster, LoopbackForwarder forwarder)
    {
        Cluster = cluster;
        _forwarder = forwarder;
    }

    /// <summary>The cluster behind it, for creating topics and provoking faults.</summary>
    public MockCluster Cluster { get; }

    /// <summary>Address for a client's <c>bootstrap.servers</c>.</summary>
    public string BootstrapServers => _forwarder.EndPoint.ToString();

    /// <summary>Port it listens on.</summary>
    public int Port => _forwarder.EndPoint.Port;

    /// <summary>Starts it and creates every topic of <see cref="Topics.All"/>.</summary>
    /// <param name="port">Loopback port; 0 takes a free one.</param>
    /// <exception cref="EmbeddedPortTakenException">Another program listens on the port.</exception>
    /// <exception cref="InvalidOperationException">The cluster could not start.</exception>
    public static EmbeddedKafka Start(int port = DefaultPort)
    {
        var cluster = new MockCluster(brokers: 1);
        try
        {
            var forwarder = new LoopbackForwarder(port, cluster.Brokers[0]);
            cluster.Advertise(OnlyBroker, forwarder.EndPoint);
            foreach (var topic in Topics.All) cluster.CreateTopic(topic.Name, topic.Partitions);
            return new EmbeddedKafka(cluster, forwarder);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _forwarder.DisposeAsync();
        Cluster.Dispose();
    }
}
