using MoodStream.Streaming.Kafka;
using MoodStream.StreamingTests.Kafka;
using MoodStream.TestKit;

namespace MoodStream.StreamingTests.Security;

/// <summary>A real Kafka with an encrypted listener that wants a name and a password, by SCRAM or PLAIN; tests skip where it is not there.</summary>
public sealed class SecureKafkaFixture : IAsyncLifetime
{
    /// <summary>Password of the users by PLAIN; one that a text search finds wherever it turns up.</summary>
    public const string PlainPassword = "plain-secret-7f3a";

    /// <summary>How far above the plain listener the encrypted one is.</summary>
    private const int SecureAbove = 10;

    private readonly TemporaryFolder _folder = new();
    private string? _program;
    private int _port;

    /// <summary>The administrator's way in.</summary>
    public KafkaSettings Plain
    {
        get
        {
            _ = SharedFiles.Require("kafka", "kafka");
            if (_program is null) Assert.Skip("needs java on the path");
            return new KafkaSettings { BootstrapServers = $"127.0.0.1:{_port}", Profile = KafkaProfile.Production };
        }
    }

    /// <summary>Password of the users by SCRAM.</summary>
    public string ScramPassword => File.ReadAllText(Path.Combine(_folder.Path, "secure", "password")).Trim();

    /// <summary>Certificate of the authority that vouches for the broker.</summary>
    public string Authority => Path.Combine(_folder.Path, "secure", "ca.pem");

    /// <summary>The way in with a name and a password, as docs/deployment.md has it.</summary>
    public KafkaSettings Secure(string mechanism, string user, string password, string? authority) => Plain with
    {
        BootstrapServers = $"127.0.0.1:{_port + SecureAbove}", DeliveryTimeout = TimeSpan.FromSeconds(5),
        Client = new Dictionary<string, string>
        {
            ["security.protocol"] = "sasl_ssl", ["sasl.mechanism"] = mechanism, ["sasl.username"] = user, ["sasl.password"] = password,
            ["reconnect.backoff.max.ms"] = "500",
        }.Concat(authority is null ? [] : [new("ssl.ca.location", authority)]).ToDictionary(),
    };

    public async ValueTask InitializeAsync()
    {
        var program = Path.GetFullPath(Path.Combine(SharedFiles.Checkout, "..", "shared", "kafka", "kafka"));
        if (!File.Exists(program) || !Programs.Has("java")) return;

        (_program, _port) = (program, RealKafkaFixture.FreePort(42_000));
        await Programs.RunAsync(
            program, null, "start", "--dir", _folder.Path, "--port", $"{_port}", "--secure", "--set", "sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN",
            "--set", "listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
                + $"user_admin=\"{PlainPassword}\" user_mood=\"{PlainPassword}\";");
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null) await Programs.RunAsync(_program, null, "stop", "--dir", _folder.Path);
        _folder.Dispose();
    }
}
