using MoodStream.Contracts;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Health;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Pipeline;
using MoodStream.Scorer.Routing;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Settings;

namespace MoodStream.Scorer;

/// <summary>The scorer: consume, decode, batch, score, route, commit.</summary>
public static class ScorerModule
{
    /// <summary>Adds the scorer to a host: its own, or the one that holds all services.</summary>
    public static IHostApplicationBuilder AddScorer(this IHostApplicationBuilder builder)
    {
        WaitingThreads.LetSleep();
        builder.AddStreaming();
        builder.UseTopics(Topics.Images, Topics.Accepted, Topics.Review, Topics.DeadLetters);
        builder.AddSettings<ScorerSettings>(ScorerSettings.Section);
        builder.AddSettings<AuditSettings>(AuditSettings.Section);
        builder.Services.AddSingleton(s => Metrics(s.GetRequiredService<ScorerSettings>()));
        builder.Services.AddSingleton(s => new DeviceThread(s.GetRequiredService<ScorerMetrics>().DeviceWorked));
        builder.Services.AddSingleton<GateCatalog>();
        builder.Services.AddSingleton<SourceShedding>();
        builder.Services.AddSingleton<ImageIntake>();
        builder.Services.AddSingleton<BatchScorer>();
        builder.Services.AddSingleton<VerdictRouter>();
        builder.Services.AddSingleton<DecodeStage>();
        builder.Services.AddSingleton<ScoreStage>();
        builder.Services.AddSingleton<WriteStage>();
        builder.Services.AddSingleton(s => new PipelineStages(
            s.GetRequiredService<DecodeStage>(), s.GetRequiredService<ScoreStage>(), s.GetRequiredService<WriteStage>(),
            s.GetRequiredKeyedService<IRecordProducer>(StreamingModule.Outputs) as TransactionalOutbox));
        builder.Services.AddSingleton<ScoringPipeline>();
        builder.Services.AddHostedService(s => s.GetRequiredService<ScoringPipeline>());
        builder.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<StandstillWatch>(s, (Action<string>)StandstillWatch.Abandon));
        builder.Services.AddHealthChecks()
            .AddCheck<GatesCheck>("gates", tags: [HealthTags.Ready])
            .AddCheck<DeviceCheck>("device", tags: [HealthTags.Live, HealthTags.Ready])
            .AddCheck<PipelineCheck>("pipeline", tags: [HealthTags.Live])
            .AddCheck<LoadedCheck>("backbones", tags: [HealthTags.Startup]);
        return builder;
    }

    private static ScorerMetrics Metrics(ScorerSettings settings)
    {
        var metrics = new ScorerMetrics { MaxSourceLabels = settings.MaxSourceLabels };
        if (settings.Device != "cpu" && NvidiaGpus.Find() is { } gpus) metrics.Watch(gpus.Read);
        return metrics;
    }
}
