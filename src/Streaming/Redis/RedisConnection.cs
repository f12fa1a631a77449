using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Telemetry;
using Polly;
using Polly.Retry;
using StackExchange.Redis;

namespace MoodStream.Streaming.Redis;

/// <summary>The one connection of a process to Redis: made when first needed, and again by itself whenever it breaks.</summary>
/// <remarks>Thread-safety: every member may be called from any thread.</remarks>
public sealed class RedisConnection : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly RedisSettings _settings;
    private readonly ResiliencePipeline _retry;
    private IConnectionMultiplexer? _connection;

    /// <summary>Prepares the connection; nothing is connected yet.</summary>
    public RedisConnection(RedisSettings settings, StreamingMetrics metrics, TimeProvider clock, ILogger<RedisConnection> log)
    {
        _settings = settings;
        var builder = new ResiliencePipelineBuilder { TimeProvider = clock };
        if (settings.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(IsOutage),
                MaxRetryAttempts = settings.Retries,
                Delay = settings.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                OnRetry = retry =>
                {
                    metrics.RedisErrors.Inc();
                    log.RedisRetried(retry.AttemptNumber + 1, retry.Outcome.Exception?.Message ?? string.Empty);
                    return default;
                },
            });
        }

        _retry = builder.Build();
    }

    /// <summary>Whether the connection stands at the moment.</summary>
    public bool Connected => Volatile.Read(ref _connection) is { IsConnected: true };

    /// <summary>Whether an exception says that Redis could not be reached, rather than that it refused.</summary>
    public static bool IsOutage(Exception e) =>
        e is RedisConnectionException or RedisTimeoutException or ObjectDisposedException { ObjectName: nameof(ConnectionMultiplexer) }
        || (e is RedisServerException server && server.Message.StartsWith("LOADING", StringComparison.Ordinal));

    /// <summary>The connection. Where Redis is away it is handed out all the same, and its commands fail until Redis is back.</summary>
    public async ValueTask<IConnectionMultiplexer> GetAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _connection) is { } made) return made;
        await _connecting.WaitAsync(cancellation);
        try
        {
            return _connection ??= await ConnectionMultiplexer.ConnectAsync(Options(_settings));
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Runs commands, and again with growing waits while Redis is away.</summary>
    /// <exception cref="RedisConnectionException">Redis stayed away through all tries.</exception>
    /// <exception cref="RedisTimeoutException">Redis did not answer in time through all tries.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, CancellationToken, Task<T>> commands, CancellationToken cancellation)
    {
        return await _retry.ExecuteAsync(
            async token =>
            {
                var connection = await GetAsync(token);
                return await commands(connection.GetDatabase(), token);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection) await connection.DisposeAsync();
        _connecting.Dispose();
    }

    private static ConfigurationOptions Options(RedisSettings settings)
    {
        var options = ConfigurationOptions.Parse(settings.Address);
        options.AbortOnConnectFail = false;
        options.ClientName = "moodstream";
        options.User = settings.User;
        options.Password = settings.Password;
        options.Ssl = settings.Tls;
        if (settings.TlsAuthority is { } authority) options.TrustIssuer(authority);
        options.ConnectTimeout = (int)settings.ConnectTimeout.TotalMilliseconds;
        options.AsyncTimeout = options.SyncTimeout = (int)settings.OperationTimeout.TotalMilliseconds;
        return options;
    }
}
