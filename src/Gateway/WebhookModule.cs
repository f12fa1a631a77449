using MoodStream.Contracts;
using MoodStream.Gateway.Review.Webhook;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.DeadLetters;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Settings;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Gateway;

/// <summary>Decisions told by HTTP, where somebody wants to hear them.</summary>
internal static class WebhookModule
{
    /// <summary>Adds the relay where an address is set.</summary>
    public static void AddWebhook(this WebApplicationBuilder builder)
    {
        builder.AddSettings<WebhookSettings>(WebhookSettings.Section);
        if (builder.Configuration[$"{WebhookSettings.Section}:{nameof(WebhookSettings.Url)}"] is null) return;
        builder.UseTopics(Topics.Decisions, Topics.DeadLetters);
        builder.Services.AddSingleton<WebhookClient>();
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<WebhookRelay>(services, DeadLetters(services)));
    }

    // By the plain producer: the offset moves behind the dead letter, under exactly-once too, where others move it in a transaction.
    private static DeadLetterWriter DeadLetters(IServiceProvider services) => new(
        services.GetRequiredService<IRecordProducer>(),
        services.GetRequiredService<IImageStore>(),
        services.GetRequiredService<StreamingMetrics>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<DeadLetterWriter>>(),
        by: $"{services.GetRequiredService<IHostEnvironment>().ApplicationName}@{Environment.MachineName}");
}
