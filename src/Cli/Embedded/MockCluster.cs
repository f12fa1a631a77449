using System.Net;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace MoodStream.Cli.Embedded;

/// <summary>librdkafka's in-process Kafka cluster, owned by a client handle of its own.</summary>
/// <remarks>
/// For trying out and for tests: at most 5 MiB or 100,000 batches are kept per partition, transactions are not isolated, and
/// everything is gone on disposal. ListConsumerGroups aborts the process and is never to be called against it.
/// Source: librdkafka 2.16.0, rdkafka_mock.h. Thread-safety: every call may come from any thread.
/// </remarks>
public sealed class MockCluster : IDisposable
{
    private readonly nint _client;
    private readonly nint _cluster;
    private int _disposed;

    static MockCluster() => MockClusterNative.UseLibraryOfConfluent();

    /// <summary>Starts a cluster whose brokers listen on ephemeral loopback ports.</summary>
    /// <param name="brokers">Brokers, numbered from 1.</param>
    /// <param name="rebalanceDelay">How long a new group waits for further members; the library's own default is 3 s.</param>
    /// <exception cref="InvalidOperationException">The library could not make the client or the cluster.</exception>
    public MockCluster(int brokers = 1, TimeSpan? rebalanceDelay = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(brokers);
        _client = NewClient();
        _cluster = MockClusterNative.NewCluster(_client, brokers);
        if (_cluster == 0)
        {
            MockClusterNative.DestroyClient(_client);
            throw new InvalidOperationException("librdkafka could not start its in-process cluster.");
        }

        Brokers = [.. Bootstraps().Split(',').Select(IPEndPoint.Parse)];
        var delay = rebalanceDelay ?? TimeSpan.FromMilliseconds(100);
        MockClusterNative.SetInitialRebalanceDelay(_cluster, (int)delay.TotalMilliseconds);
    }

    /// <summary>Real addresses of the brokers, in the order of their numbers.</summary>
    public IReadOnlyList<IPEndPoint> Brokers { get; }

    /// <summary>Addresses for a client's <c>bootstrap.servers</c>.</summary>
    public string BootstrapServers => string.Join(',', Brokers);

    /// <summary>Creates a topic.</summary>
    /// <exception cref="KafkaException">The topic exists, or the counts are refused.</exception>
    public void CreateTopic(string topic, int partitions, int replicationFactor = 1) =>
        Check(MockClusterNative.CreateTopic(_cluster, topic, partitions, replicationFactor));

    /// <summary>Makes a broker tell clients this address instead of its own.</summary>
    public void Advertise(int broker, IPEndPoint address) =>
        Check(MockClusterNative.SetHostPort(_cluster, broker, address.Address.ToString(), address.Port));

    /// <summary>Closes a broker's connections and refuses new ones; its data stays.</summary>
    public void BrokerDown(int broker) => Check(MockClusterNative.SetDown(_cluster, broker));

    /// <summary>Lets a broker answer again.</summary>
    public void BrokerUp(int broker) => Check(MockClusterNative.SetUp(_cluster, broker));

    /// <summary>Delays every answer of a broker.</summary>
    public void SetRoundTrip(int broker, TimeSpan roundTrip) =>
        Check(MockClusterNative.SetRoundTrip(_cluster, broker, (int)roundTrip.TotalMilliseconds));

    /// <summary>Removes the records of a partition below an offset, as retention would.</summary>
    public void DeleteRecords(string topic, int partition, long beforeOffset) =>
        Check(MockClusterNative.DeleteRecords(_cluster, topic, partition, beforeOffset));

    /// <summary>Lets the next requests of one kind fail, one error each, in this order.</summary>
    /// <param name="apiKey">Kafka's number of the request: Produce 0, Fetch 1, OffsetCommit 8.</param>
    /// <param name="errors">The errors.</param>
    public void FailNext(short apiKey, params ErrorCode[] errors) =>
        MockClusterNative.PushErrors(_cluster, apiKey, (nuint)errors.Length, Array.ConvertAll(errors, e => (int)e));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        MockClusterNative.DestroyCluster(_cluster);
        MockClusterNative.DestroyClient(_client);
    }

    private static nint NewClient()
    {
        const int producer = 0;
        const nuint errorSize = 512;
        var error = Marshal.AllocHGlobal((nint)errorSize);
        try
        {
            var configuration = MockClusterNative.NewConfiguration();
            // The owner connects to nothing; without this line it would say so on stderr.
            MockClusterNative.Configure(configuration, "log_level", "2", error, errorSize);
            var client = MockClusterNative.NewClient(producer, configuration, error, errorSize);
            return client != 0 ? client : throw new InvalidOperationException(Marshal.PtrToStringUTF8(error));
        }
        finally
        {
            Marshal.FreeHGlobal(error);
        }
    }

    private string Bootstraps() => Marshal.PtrToStringUTF8(MockClusterNative.Bootstraps(_cluster))!;

    private static void Check(int error)
    {
        if (error != 0) throw new KafkaException((ErrorCode)error);
    }
}
