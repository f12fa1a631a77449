using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using MoodStream.Cli.Embedded;
using MoodStream.Contracts;
using MoodStream.StreamingTests.Kafka;
using StackExchange.Redis;
using MoodStream.TestKit;

namespace MoodStream.StreamingTests.Embedded;

public sealed class EmbeddedServersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kafka_EveryClient_IsSentToTheOnePort()
    {
        await using var kafka = EmbeddedKafka.Start(port: 0);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var metadata = admin.GetMetadata(TimeSpan.FromSeconds(10));
        Assert.Equal(("127.0.0.1", kafka.Port), (metadata.Brokers.Single().Host, metadata.Brokers.Single().Port));
        Assert.Equal(Topics.All.Select(t => (t.Name, t.Partitions)).Order(), metadata.Topics.Select(t => (t.Topic, t.Partitions.Count)).Order());
    }

    [Fact]
    public async Task Kafka_PortIsTaken_SaysWhichAndWhatToDo()
    {
        await using var first = EmbeddedKafka.Start(port: 0);
        var taken = Assert.Throws<EmbeddedPortTakenException>(() => EmbeddedKafka.Start(first.Port));
        Assert.Contains($"127.0.0.1:{first.Port}", taken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kafka_ForeignClient_ProducesAndConsumes()
    {
        if (!Programs.Has("kcat")) Assert.Skip("needs kcat (Debian package kcat) on the path");
        await using var kafka = EmbeddedKafka.Start(port: 0);
        await Programs.RunAsync("kcat", "line one\nline two\n", "-P", "-b", kafka.BootstrapServers, "-t", Topics.Images, "-k", "cam-9", "-H", "ce_id=7");
        var read = await Programs.RunAsync("kcat", null, "-C", "-b", kafka.BootstrapServers, "-t", Topics.Images, "-e", "-q", "-f", "%k %h %s\n");
        Assert.Equal("cam-9 ce_id=7 line one\ncam-9 ce_id=7 line two\n", read);
    }

    [Fact]
    public async Task Kafka_ManyClientsAtOnce_AllAreServed()
    {
        await using var kafka = EmbeddedKafka.Start(port: 0);
        var settings = new Streaming.Kafka.KafkaSettings { BootstrapServers = kafka.BootstrapServers };
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            using var producer = KafkaHarness.Producer(settings);
            await producer.WriteAsync(KafkaHarness.Record(Topics.Audit, $"{i}", "x"), Cancellation);
        }));
    }

    [Fact]
    public async Task Forwarder_OneSideEndsItsSending_OtherSideStillAnswers()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var forwarder = new LoopbackForwarder(0, (IPEndPoint)server.LocalEndpoint);
        using var client = new TcpClient();
        await client.ConnectAsync(forwarder.EndPoint, Cancellation);
        using var served = await server.AcceptTcpClientAsync(Cancellation);

        await using var asking = client.GetStream();
        await using var answering = served.GetStream();

        await asking.WriteAsync("question"u8.ToArray(), Cancellation);
        client.Client.Shutdown(SocketShutdown.Send);
        using var asked = new StreamReader(answering);
        Assert.Equal("question", await asked.ReadToEndAsync(Cancellation));
        await answering.WriteAsync("answer"u8.ToArray(), Cancellation);
        served.Client.Shutdown(SocketShutdown.Send);
        using var answered = new StreamReader(asking);
        Assert.Equal("answer", await answered.ReadToEndAsync(Cancellation));
        await TestKit.Eventually.HoldsAsync(() => forwarder.OpenConnections == 0, "the connection has ended");
    }

    [Fact]
    public async Task Forwarder_ServerBreaksOff_ClientIsToldAndOthersGoOn()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var forwarder = new LoopbackForwarder(0, (IPEndPoint)server.LocalEndpoint);
        using var first = new TcpClient();
        using var second = new TcpClient();
        await first.ConnectAsync(forwarder.EndPoint, Cancellation);
        using var servedFirst = await server.AcceptTcpClientAsync(Cancellation);
        await second.ConnectAsync(forwarder.EndPoint, Cancellation);
        using var servedSecond = await server.AcceptTcpClientAsync(Cancellation);

        servedFirst.Client.Close(timeout: 0);   // a reset, not an orderly end
        await TestKit.Eventually.HoldsAsync(() => forwarder.OpenConnections == 1, "only the broken connection has ended");
        Assert.True(first.Client.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), "the client is told");
        await servedSecond.GetStream().WriteAsync(new byte[] { 7 }, Cancellation);
        Assert.Equal(1, await second.GetStream().ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Redis_StartedAgainOnItsFolder_HasWhatWasAcknowledged()
    {
        using var folder = new TemporaryFolder();
        int port;
        using (var first = EmbeddedRedis.Start(Options(folder, 0)))
        {
            port = first.Port;
            await using var client = await ConnectionMultiplexer.ConnectAsync(first.Address);
            for (var i = 0; i < 100; i++) await client.GetDatabase().StringSetAsync($"k{i}", i);
        }

        using var second = EmbeddedRedis.Start(Options(folder, port));
        await using var again = await ConnectionMultiplexer.ConnectAsync(second.Address);
        for (var i = 0; i < 100; i++) Assert.Equal(i, (int)await again.GetDatabase().StringGetAsync($"k{i}"));
    }

    [Fact]
    public void Redis_PortIsTaken_SaysWhichAndWhatToDo()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var taken = Assert.Throws<EmbeddedPortTakenException>(() => EmbeddedRedis.Start(Options(folder, port)));
        Assert.Contains($"127.0.0.1:{port}", taken.Message, StringComparison.Ordinal);
    }

    private static EmbeddedRedisOptions Options(TemporaryFolder folder, int port) => new() { Folder = folder.Path, Port = port, Memory = "64m", Index = "8m" };
}
