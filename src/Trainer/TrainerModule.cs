using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Settings;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Drift;
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
        builder.AddSettings<TrainerSettings>(TrainerSettings.Section);
        builder.Services.AddSingleton(_ => new TrainerMetrics());
        builder.Services.AddSingleton<PartitionStore>();
        builder.Services.AddSingleton<RecallStore>();
        builder.Services.AddHostedService<TrainerFeed>();
        builder.AddDriftWatch();
        return builder;
    }
}
