using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.DeadLetters;
using MoodStream.Streaming.Delivery;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Settings;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using Prometheus;

namespace MoodStream.Streaming.Hosting;

/// <summary>What every service of MoodStream has: settings checked at start, Kafka, Redis, image store, health and metrics.</summary>
public static class StreamingModule
{
    /// <summary>
    /// Key of the <see cref="IRecordProducer"/> for records that end others: it writes as <see cref="DeliverySettings"/> promises.
    /// </summary>
    public const string Outputs = "outputs";

    /// <summary>Adds everything; a second call changes nothing, so that several services may share a host.</summary>
    public static IHostApplicationBuilder AddStreaming(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(s => s.ServiceType == typeof(StreamingMetrics))) return builder;

        builder.AddSettings<DeliverySettings>(DeliverySettings.Section);
        builder.Services.AddSingleton<IValidateOptions<DeliverySettings>, DeliveryNeedsKafka>();
        builder.AddSettings<KafkaSettings>(KafkaSettings.Section);
        builder.AddSettings<RedisSettings>(RedisSettings.Section);
        builder.AddSettings<ImageSettings>(ImageSettings.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => new StreamingMetrics());
        builder.Services.AddKafka(builder.Environment.ApplicationName);
        builder.Services.AddStores();
        builder.Services.AddHealth();
        builder.AddTracing();
        return builder;
    }

    /// <summary>Adds <see cref="IIngressPressure"/> for a service that puts images in.</summary>
    public static IHostApplicationBuilder AddIngressPressure(this IHostApplicationBuilder builder)
    {
        builder.AddStreaming();
        if (builder.Services.Any(s => s.ServiceType == typeof(IngressPressure))) return builder;

        builder.AddSettings<IngressSettings>(IngressSettings.Section);
        builder.Services.AddSingleton<IngressPressure>();
        builder.Services.AddSingleton<IIngressPressure>(s => s.GetRequiredService<IngressPressure>());
        builder.Services.AddHostedService(s => s.GetRequiredService<IngressPressure>());
        return builder;
    }

    /// <summary>Says which topics a service reads or writes: they are looked at when it starts, and from time to time.</summary>
    public static IHostApplicationBuilder UseTopics(this IHostApplicationBuilder builder, params ReadOnlySpan<string> topics)
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var topic in topics) builder.Services.AddSingleton(new UsedTopic(topic));
        return builder;
    }

    /// <summary>Maps <c>/health/live</c>, <c>/health/ready</c>, <c>/health/startup</c> and <c>/metrics</c>.</summary>
    /// <remarks>
    /// Health answers 200 while healthy or degraded, 503 otherwise, with a JSON body that names each part and its reason. Metrics are
    /// our own and those of the process; the bridges to other meters are off.
    /// </remarks>
    public static WebApplication MapServiceEndpoints(this WebApplication app)
    {
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions
        {
            SuppressMeters = true, SuppressEventCounters = true, SuppressDebugMetrics = true,
        });
        foreach (var tag in new[] { HealthTags.Live, HealthTags.Ready, HealthTags.Startup })
        {
            app.MapHealthChecks($"/health/{tag}", new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(tag),
                ResponseWriter = HealthResponse.WriteAsync,
                ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status200OK },
            }).AllowAnonymous();
        }

        app.MapMetrics("/metrics").AllowAnonymous();
        return app;
    }

    private static void AddKafka(this IServiceCollection services, string service)
    {
        services.AddSingleton<KafkaRecordProducer>();
        services.AddSingleton<IRecordProducer>(s => s.GetRequiredService<KafkaRecordProducer>());
        services.AddSingleton<KafkaConsumerFactory>();
        services.AddSingleton<IRecordConsumerFactory>(s => s.GetRequiredService<KafkaConsumerFactory>());
        services.AddSingleton<IRecordReader, KafkaRecordReader>();
        services.AddSingleton<TopicAdmin>();
        services.AddSingleton<TopicWatch>();
        services.AddHostedService(s => s.GetRequiredService<TopicWatch>());
        services.AddSingleton<TransactionalOutbox>();
        services.AddKeyedSingleton<IRecordProducer>(Outputs, (s, _) => s.GetRequiredService<DeliverySettings>().Transactional
            ? s.GetRequiredService<TransactionalOutbox>()
            : s.GetRequiredService<KafkaRecordProducer>());
        services.AddSingleton(s => new DeadLetterWriter(
            s.GetRequiredKeyedService<IRecordProducer>(Outputs),
            s.GetRequiredService<IImageStore>(),
            s.GetRequiredService<StreamingMetrics>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<DeadLetterWriter>>(),
            by: $"{service}@{Environment.MachineName}"));
    }

    private static void AddStores(this IServiceCollection services)
    {
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<RedisStatisticsStore>();
        services.AddSingleton<IStatisticsStore>(s => s.GetRequiredService<RedisStatisticsStore>());
        services.AddSingleton<RefitRequests>();
        services.AddSingleton<LatestRefits>();
        services.AddSingleton<StatisticsDesk>();
        services.AddSingleton<DriftEpisodes>();
        services.AddSingleton<AuditOutbox>();
        services.AddSingleton<FileImageStore>();
        services.AddSingleton<S3ImageStore>();
        services.AddSingleton(s => new Lazy<S3ImageStore>(s.GetRequiredService<S3ImageStore>));
        services.AddSingleton<ImageStores>();
        services.AddSingleton<IImageStore>(s => s.GetRequiredService<ImageStores>());
    }

    private static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<HostStartedCheck>("host", tags: [HealthTags.Startup])
        .AddCheck<KafkaClientsCheck>("kafka-clients", tags: [HealthTags.Live])
        .AddCheck<BrokerCheck>("kafka", tags: [HealthTags.Ready])
        .AddCheck<TopicsCheck>("topics", tags: [HealthTags.Ready])
        .AddCheck<ConsumersCheck>("consumers", tags: [HealthTags.Ready])
        .AddCheck<RedisCheck>("redis", tags: [HealthTags.Ready])
        .AddCheck<ImageStoreCheck>("image-store", tags: [HealthTags.Ready]);
}
