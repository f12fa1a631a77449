using MoodStream.Streaming.Settings;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Registry;

namespace MoodStream.Trainer.Drift;

/// <summary>Watching for drift.</summary>
internal static class DriftWatchModule
{
    /// <summary>Adds the watch; whoever is registered as <see cref="IDriftListener"/> is told of drift, refits among them.</summary>
    public static IHostApplicationBuilder AddDriftWatch(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<DriftWatchSettings>(DriftWatchSettings.Section);
        builder.Services.AddSingleton(s => new DriftMetrics { MaxSourceLabels = s.GetRequiredService<DriftWatchSettings>().MaxSourceLabels });
        builder.Services.AddSingleton<DriftWatch>();
        builder.Services.AddSingleton<DriftMemory>();
        builder.Services.AddSingleton<ReadBlob>(s => s.GetRequiredService<IStatisticsStore>().ReadBlobAsync);
        builder.Services.AddSingleton<IDriftListener, RefitOnDrift>();
        builder.Services.AddHostedService<DriftFeed>();
        return builder;
    }
}
