using MoodStream.Contracts;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Api;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Settings;

namespace MoodStream.Gateway;

/// <summary>The review queue: cases, their upkeep, the API, and who may use it.</summary>
internal static class ReviewModule
{
    /// <summary>Adds the services of the review queue.</summary>
    public static void AddReview(this WebApplicationBuilder builder)
    {
        builder.AddSettings<ReviewSettings>(ReviewSettings.Section);
        var services = builder.Services;
        services.AddReviewAccess();
        services.AddSingleton<CaseStore>();
        services.AddSingleton<CaseChanges>();
        services.AddSingleton<ReviewMetrics>();
        services.AddSingleton<ReviewDesk>();
        services.AddSingleton<CaseQueries>();
        services.AddSingleton<CaseImages>();
        services.AddSingleton<ReviewEndpoints>();
        services.AddSingleton<CaseSweeper>();
        services.AddSingleton<OutboxPump>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ReviewJson.Default));
        if (!IsEnabled(builder.Configuration)) return;
        builder.UseTopics(Topics.Decisions, Topics.Audit);
        services.AddHostedService<FirstRun>();
        services.AddHostedService<CaseFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<CaseSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxPump>());
    }

    /// <summary>Maps the review API, where this gateway serves it.</summary>
    public static void MapReview(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<ReviewSettings>().Enabled) return;
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.MapReviewApi();
    }

    // Hosted services are chosen before the settings are bound; a value that is no boolean is told by their check.
    private static bool IsEnabled(ConfigurationManager configuration) =>
        !bool.TryParse(configuration[$"{ReviewSettings.Section}:{nameof(ReviewSettings.Enabled)}"], out var enabled) || enabled;
}
