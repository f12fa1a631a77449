using MoodStream.Streaming.Kafka;
using MoodStream.TestKit;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>Tests that share one real Kafka: two that start at the same time would look for the same free ports.</summary>
[CollectionDefinition(Name)]
public sealed class RealKafkaShared : ICollectionFixture<RealKafkaFixture>
{
    public const string Name = "real Kafka";
}

/// <summary>A real Kafka of one node on free ports; tests skip where it, or Java, is not there.</summary>
public sealed class RealKafkaFixture : IAsyncLifetime
{
    /// <summary>The node takes the ports P, P + 10 and P + 20.</summary>
    private const int FirstPort = 41_000, Ports = 900, PortStep = 30;

    private readonly TemporaryFolder _folder = new();
    private string? _program;
    private KafkaSettings? _settings;

    public KafkaSettings Settings
    {
        get
        {
            _ = SharedFiles.Require("kafka", "kafka");
            if (_settings is null) Assert.Skip("needs java on the path");
            return _settings;
        }
    }

    public async ValueTask InitializeAsync()
    {
        var program = Path.GetFullPath(Path.Combine(SharedFiles.Checkout, "..", "shared", "kafka", "kafka"));
        if (!File.Exists(program) || !Programs.Has("java")) return;

        _program = program;
        var port = FreePort(FirstPort);
        await Programs.RunAsync(program, null, "start", "--dir", _folder.Path, "--port", $"{port}");
        _settings = new KafkaSettings { BootstrapServers = $"127.0.0.1:{port}", Profile = KafkaProfile.Production };
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null) await Programs.RunAsync(_program, null, "stop", "--dir", _folder.Path);
        _folder.Dispose();
    }

    /// <summary>First of a node's ports, all free: fixtures that begin apart do not take each other's.</summary>
    internal static int FreePort(int first)
    {
        for (var port = first; port < first + Ports; port += PortStep)
            if (LoopbackPorts.IsFree(port) && LoopbackPorts.IsFree(port + 10) && LoopbackPorts.IsFree(port + 20)) return port;
        throw new IOException($"No free port from {first} to {first + Ports}.");
    }
}
