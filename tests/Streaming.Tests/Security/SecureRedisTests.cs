using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Settings;
using MoodStream.StreamingTests.Kafka;
using MoodStream.TestKit;
using StackExchange.Redis;

namespace MoodStream.StreamingTests.Security;

/// <summary>TLS and an access-control list against a real redis-server.</summary>
public sealed class SecureRedisTests : IAsyncLifetime
{
    private const string User = "mood", Password = "redis-secret-93b1", Wrong = "wrong-secret-51c2", Ours = "moodstream:test", Foreign = "other:test";

    private readonly TemporaryFolder _folder = new();
    private readonly CollectedLog<RedisConnection> _log = new();
    private readonly int _port = FreePort();
    private TestCertificates _certificates = null!;
    private Process? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisSettings Settings
    {
        get
        {
            if (_server is null) Assert.Skip("needs redis-server (Debian package redis-server) on the path");
            return new RedisSettings
            {
                Address = $"127.0.0.1:{_port}", Tls = true, TlsAuthority = _certificates.Authority, User = User, Password = Password,
                Retries = 1, RetryDelay = TimeSpan.FromMilliseconds(20), ConnectTimeout = TimeSpan.FromSeconds(10),
            };
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Programs.Find("redis-server") is not { } program) return;

        _certificates = new TestCertificates(_folder.Path, TimeProvider.System);
        _server = Process.Start(new ProcessStartInfo(program,
        [
            "--port", "0", "--tls-port", $"{_port}", "--bind", "127.0.0.1", "--save", string.Empty, "--dir", _folder.Path,
            "--logfile", Path.Combine(_folder.Path, "log"), "--tls-cert-file", _certificates.Certificate, "--tls-key-file", _certificates.Key,
            "--tls-ca-cert-file", _certificates.Authority, "--tls-auth-clients", "no", "--user", "default", "off",
            "--user", User, "on", $">{Password}", "~moodstream:*", "&*", "+@all",
        ]));
        await Eventually.HoldsAsync(ListensAsync, "redis-server listens");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Run_RightUserAndAuthority_ReadsAndWritesItsKeysAlone()
    {
        await using var connection = Connection(Settings);
        Assert.True(await connection.RunAsync((redis, _) => redis.StringSetAsync(Ours, "value"), Cancellation));
        Assert.Equal("value", await connection.RunAsync((redis, _) => redis.StringGetAsync(Ours), Cancellation));
        var refused = await Assert.ThrowsAsync<RedisServerException>(
            () => connection.RunAsync((redis, _) => redis.StringSetAsync(Foreign, "value"), Cancellation));
        Assert.StartsWith("NOPERM", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(User, Wrong)]
    [InlineData(null, null)]
    public async Task Run_WrongPasswordOrNone_IsAnOutageAndNoLogHasAPassword(string? user, string? password)
    {
        await using var connection = Connection(Settings with { User = user, Password = password });
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => connection.RunAsync((redis, _) => redis.StringGetAsync(Ours), Cancellation));
        Assert.True(refused is RedisConnectionException or RedisServerException, refused.Message);
        Assert.DoesNotContain(_log.Lines.Append(refused.ToString()), l => l.Contains(Password, StringComparison.Ordinal) || l.Contains(Wrong, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AuthorityIsUnknown_DoesNotConnect()
    {
        await using var connection = Connection(Settings with { TlsAuthority = null });
        await Assert.ThrowsAsync<RedisConnectionException>(() => connection.RunAsync((redis, _) => redis.StringGetAsync(Ours), Cancellation));
    }

    [Fact]
    public async Task Run_WithoutTls_DoesNotConnect()
    {
        await using var connection = Connection(Settings with { Tls = false, TlsAuthority = null });
        await Assert.ThrowsAnyAsync<RedisException>(() => connection.RunAsync((redis, _) => redis.StringGetAsync(Ours), Cancellation));
    }

    [Fact]
    public void Settings_AuthorityThatIsNotThere_IsToldAndThePasswordIsNot()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Tls", "true"), new("TlsAuthority", "/nowhere/ca.pem"), new("Password", Password), new("Retries", "many"),
        ]).Build();
        var section = new SettingsSection(configuration, RedisSettings.Section);
        section.ReadInto(new RedisSettings());
        Assert.Contains(section.Problems, p => p.Contains("TlsAuthority is '/nowhere/ca.pem'", StringComparison.Ordinal));
        Assert.DoesNotContain(section.Problems, p => p.Contains(Password, StringComparison.Ordinal));
    }

    [Fact]
    public void Text_OfTheSettings_HasNoPassword() =>
        Assert.DoesNotContain(Password, new RedisSettings { Password = Password }.ToString(), StringComparison.Ordinal);

    private RedisConnection Connection(RedisSettings settings) => new(settings, KafkaHarness.Metrics(), TimeProvider.System, _log);

    private async Task<bool> ListensAsync()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
