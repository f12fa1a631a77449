using MoodStream.Streaming.Hosting;

namespace MoodStream.Trainer;

/// <summary>The trainer: host, health and metrics.</summary>
public static class TrainerModule
{
    /// <summary>Adds the trainer to a host: its own, or the one that holds all services.</summary>
    public static IHostApplicationBuilder AddTrainer(this IHostApplicationBuilder builder) => builder.AddStreaming();
}
