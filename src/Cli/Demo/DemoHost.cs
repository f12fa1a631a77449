using MoodStream.Cli.Embedded;
using MoodStream.Cli.Hosting;
using MoodStream.Gateway;
using MoodStream.Scorer;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer;

namespace MoodStream.Cli.Demo;

/// <summary>The whole gate in one process: embedded Kafka and Redis, gateway, scorer, trainer.</summary>
internal sealed class DemoHost : IAsyncDisposable
{
    /// <summary>Name of the one gate.</summary>
    public const string Gate = "default";

    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(8);
    private readonly EmbeddedKafka _kafka;
    private readonly EmbeddedRedis _redis;
    private readonly string _folder;
    private readonly bool _temporary;

    /// <summary>Starts Kafka and Redis and builds the services; <see cref="StartAsync"/> starts those.</summary>
    public DemoHost(DemoSettings settings)
    {
        _temporary = settings.DataFolder is null;
        _folder = settings.DataFolder ?? Directory.CreateTempSubdirectory("moodstream-demo-").FullName;
        _kafka = EmbeddedKafka.Start(settings.KafkaPort);
        _redis = EmbeddedRedis.Start(new EmbeddedRedisOptions { Folder = Directory.CreateDirectory(Path.Combine(_folder, "redis")).FullName, Port = 0 });
        App = Build(settings);
    }

    /// <summary>The services' host.</summary>
    public WebApplication App { get; }

    /// <summary>Address of Kafka for other clients.</summary>
    public string BootstrapServers => _kafka.BootstrapServers;

    /// <summary>The statistics store, usable before the services start.</summary>
    public IStatisticsStore Statistics => App.Services.GetRequiredService<IStatisticsStore>();

    /// <summary>Starts the services.</summary>
    public Task StartAsync(CancellationToken cancellation) => ServiceHost.StartAsync(App, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        await _kafka.DisposeAsync();
        _redis.Dispose();
        if (_temporary) Directory.Delete(_folder, recursive: true);
    }

    private WebApplication Build(DemoSettings settings)
    {
        var builder = ServiceHost.CreateBuilder(null,
        [
            $"MoodStream:Kafka:BootstrapServers={_kafka.BootstrapServers}",
            $"MoodStream:Redis:Address={_redis.Address}",
            $"MoodStream:Images:Root={Path.Combine(_folder, "images")}",
            $"MoodStream:Scorer:Gates:{Gate}:Backbone={settings.Backbone}",
            .. settings.InputSize is { } size ? [$"MoodStream:Scorer:Gates:{Gate}:InputSize={size}"] : Array.Empty<string>(),
            "MoodStream:Gateway:LiveStart=Earliest",
            .. settings.Set,
        ], settings.Port);
        // Unhealthy while it starts is as it should be; the demo waits for it and says so itself.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTime);
        builder.AddGateway();
        builder.AddScorer();
        builder.AddTrainer();
        var app = builder.Build();
        app.MapGateway();
        app.MapTrainerRequests();
        return app;
    }
}
