using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.StreamingTests.Kafka;

namespace MoodStream.StreamingTests.Statistics;

/// <summary>The statistics store on a server of some kind.</summary>
public abstract class StoreOnAServer : IAsyncDisposable
{
    /// <summary>The time at which everything happens.</summary>
    protected static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly List<RedisConnection> _connections = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract RedisSettings Settings { get; }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static StatisticsVersion Draft(string gate) => new()
    {
        Gate = gate, ModelHash = "model", PreprocessingHash = "preprocessing", Detector = "mahalanobis++", Count = 90,
        EffectiveCount = 88.5, ClassCount = 2, FeatureDimension = 3, Shrinkage = 0.125, TargetFalseAlarmRate = 0.05, Threshold = 7.5,
        Thresholds = [new(0.01, 9.25), new(0.05, 7.5)], CalibrationCount = 99, Reason = "Fitted to images.", Author = "fit", CreatedAt = Now,
    };

    protected RedisStatisticsStore Store(RedisSettings? settings = null)
    {
        var chosen = settings ?? Settings;
        return new(Connection(chosen), chosen, KafkaHarness.Metrics(), new SteadyClock(Now), NullLogger<RedisStatisticsStore>.Instance);
    }

    protected RedisConnection Connection(RedisSettings? settings = null)
    {
        var connection = new RedisConnection(settings ?? Settings, KafkaHarness.Metrics(), TimeProvider.System, NullLogger<RedisConnection>.Instance);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Real waiting, but a wall clock that stands still, so that times can be compared.</summary>
    private sealed class SteadyClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
