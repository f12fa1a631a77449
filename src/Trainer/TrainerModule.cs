using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Settings;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Control;
using MoodStream.Trainer.Drift;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Settings;
using MoodStream.Trainer.Telemetry;

namespace MoodStream.Trainer;

/// <summary>The trainer: learn from accepted images and decisions, watch for drift, refit, guard, publish.</summary>
public static class TrainerModule
{
    /// <summary>Adds the trainer to a host: its own, or the one that holds all services.</summary>
    public static IHostApplicationBuilder AddTrainer(this IHostApplicationBuilder builder)
    {
        builder.AddStreaming();
        builder.UseTopics(Topics.Accepted, Topics.Review, Topics.Decisions, Topics.Control);
        builder.AddSettings<TrainerSettings>(TrainerSettings.Section);
        builder.Services.AddSingleton(_ => new TrainerMetrics());
        builder.Services.AddSingleton<LearnedTraces>();
        builder.Services.AddSingleton<PartitionStore>();
        builder.Services.AddSingleton<RecallStore>();
        builder.Services.AddSingleton<Harvester>();
        builder.Services.AddSingleton<RefitStore>();
        builder.Services.AddSingleton<RefitReferences>();
        builder.Services.AddSingleton<RefitTools>();
        builder.Services.AddSingleton<RefitDriver>();
        builder.Services.AddHostedService<TrainerFeed>();
        builder.Services.AddHostedService<RefitSupervisor>();
        builder.Services.AddHostedService<RefitRequestFeed>();
        builder.AddDriftWatch();
        return builder;
    }

    /// <summary>Maps health and metrics, and the requests that the trainer takes.</summary>
    public static WebApplication MapTrainer(this WebApplication app)
    {
        app.MapServiceEndpoints();
        app.MapTrainerRequests();
        return app;
    }

    /// <summary>Maps the requests that the trainer takes alone, for the host that holds all services.</summary>
    public static WebApplication MapTrainerRequests(this WebApplication app)
    {
        app.MapControl();
        return app;
    }
}
