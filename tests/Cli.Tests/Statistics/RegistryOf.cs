using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using Prometheus;

namespace MoodStream.CliTests.Statistics;

/// <summary>The registry at an address, as a service has it.</summary>
internal sealed class RegistryOf : IAsyncDisposable
{
    private readonly RedisConnection _connection;

    public RegistryOf(string address)
    {
        var (settings, metrics) = (new RedisSettings { Address = address }, new StreamingMetrics(Metrics.NewCustomRegistry()));
        _connection = new(settings, metrics, TimeProvider.System, NullLogger<RedisConnection>.Instance);
        Store = new(_connection, settings, metrics, TimeProvider.System, NullLogger<RedisStatisticsStore>.Instance);
    }

    public RedisStatisticsStore Store { get; }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
