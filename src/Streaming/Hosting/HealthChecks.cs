using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Redis;

namespace MoodStream.Streaming.Hosting;

/// <summary>Tags of health checks: which question a check answers. A service tags its own checks with them.</summary>
public static class HealthTags
{
    /// <summary>Does the process work, or must it be restarted?</summary>
    public const string Live = "live";

    /// <summary>May it take traffic?</summary>
    public const string Ready = "ready";

    /// <summary>Has it finished loading?</summary>
    public const string Startup = "startup";
}

/// <summary>Live: neither the producer nor a consumer has stopped for good.</summary>
internal sealed class KafkaClientsCheck(KafkaRecordProducer producer, KafkaConsumerFactory consumers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var broken = consumers.Made.Where(c => c.Faulted).Select(c => $"group {c.Group}: {c.Trouble}").ToList();
        if (producer.Broken is { } reason) broken.Add($"producer: {reason}");
        return Task.FromResult(broken.Count == 0
            ? HealthCheckResult.Healthy("all clients work")
            : HealthCheckResult.Unhealthy(string.Join("; ", broken)));
    }
}

/// <summary>Ready: every consumer of this process has partitions and reads them.</summary>
internal sealed class ConsumersCheck(KafkaConsumerFactory consumers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var told = consumers.Made.Select(c => (Good: c is { Assigned: true, Trouble: null }, Text: Tell(c))).ToList();
        var text = told.Count == 0 ? "no consumers" : string.Join("; ", told.Select(t => t.Text));
        return Task.FromResult(told.TrueForAll(t => t.Good) ? HealthCheckResult.Healthy(text) : HealthCheckResult.Unhealthy(text));
    }

    private static string Tell(KafkaRecordConsumer consumer)
    {
        var partitions = consumer.AssignedPartitions == 0 ? "no partition assigned" : $"{consumer.AssignedPartitions} partitions";
        var paused = consumer.Paused ? ", paused since the pipeline is full" : string.Empty;
        return $"group {consumer.Group}: {partitions}{paused}{(consumer.Trouble is { } trouble ? $", {trouble}" : string.Empty)}";
    }
}

/// <summary>Ready: a broker answers.</summary>
internal sealed class BrokerCheck(KafkaRecordProducer producer, KafkaSettings settings) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var metadata = await Task.Run(Ask, cancellationToken);
            return HealthCheckResult.Healthy($"{metadata.Brokers.Count} brokers behind {settings.BootstrapServers}");
        }
        catch (KafkaException e)
        {
            return HealthCheckResult.Unhealthy($"{settings.BootstrapServers}: {e.Error.Reason}");
        }
    }

    private Metadata Ask()
    {
        using var client = new DependentAdminClientBuilder(producer.Handle).Build();
        return client.GetMetadata(Patience);
    }
}

/// <summary>Ready: the topics of this service are there and take its records. Degraded where one differs otherwise.</summary>
internal sealed class TopicsCheck(TopicWatch topics) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (topics.Findings is not { } findings)
            return Task.FromResult(HealthCheckResult.Unhealthy("the topics have not been looked at yet"));
        var text = string.Join("; ", findings.Select(f => $"{f.Topic} {f.Problem}"));
        return Task.FromResult(
            findings.Count == 0 ? HealthCheckResult.Healthy("all topics are as they should be")
            : findings.Any(f => f.Blocks) ? HealthCheckResult.Unhealthy(text)
            : HealthCheckResult.Degraded(text));
    }
}

/// <summary>Ready, or degraded: Redis answers. Without it the last known statistics stay in use, so traffic may go on.</summary>
internal sealed class RedisCheck(RedisConnection redis, RedisSettings settings) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connection = await redis.GetAsync(cancellationToken);
            var time = await connection.GetDatabase().PingAsync();
            return HealthCheckResult.Healthy($"{settings.Address} answered in {time.TotalMilliseconds:F0} ms");
        }
        catch (Exception e) when (RedisConnection.IsOutage(e))
        {
            return HealthCheckResult.Degraded($"{settings.Address} does not answer; what was last read stays in use");
        }
    }
}

/// <summary>Ready: the image store can be written.</summary>
internal sealed class ImageStoreCheck(ImageStores images) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await images.ProbeAsync(cancellationToken) is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy("answers");
}

/// <summary>Startup: the host has started, so that all settings are good and all services run.</summary>
internal sealed class HostStartedCheck(IHostApplicationLifetime host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(host.ApplicationStarted.IsCancellationRequested
            ? HealthCheckResult.Healthy("started")
            : HealthCheckResult.Unhealthy("still starting"));
}
