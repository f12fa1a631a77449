using Microsoft.Extensions.Configuration;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Settings;
using MoodStream.StreamingTests.Kafka;
using StackExchange.Redis;

namespace MoodStream.StreamingTests.Security;

/// <summary>TLS and an access-control list against a real redis-server.</summary>
public sealed class SecureRedisTests : IAsyncLifetime
{
    private const string User = "mood", Password = "redis-secret-93b1", Wrong = "wrong-secret-51c2", Ours = "moodstream:test", Foreign = "other:test";

    private readonly CollectedLog<RedisConnection> _log = new();
    private TestCertificates _certificates = null!;
    private RedisServer? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisSettings Settings => new()
    {
        Address = $"127.0.0.1:{RedisServer.Require(_server).Port}", Tls = true, TlsAuthority = _certificates.Authority, User = User, Password = Password,
        Retries = 1, RetryDelay = TimeSpan.FromMilliseconds(20), ConnectTimeout = TimeSpan.FromSeconds(10),
    };

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync("--tls-port", Arguments);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

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

    private IEnumerable<string> Arguments(string folder)
    {
        _certificates = new TestCertificates(folder, TimeProvider.System);
        return
        [
            "--port", "0", "--tls-cert-file", _certificates.Certificate, "--tls-key-file", _certificates.Key,
            "--tls-ca-cert-file", _certificates.Authority, "--tls-auth-clients", "no", "--user", "default", "off",
            "--user", User, "on", $">{Password}", "~moodstream:*", "&*", "+@all",
        ];
    }
}
