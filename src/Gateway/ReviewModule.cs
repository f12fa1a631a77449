using MoodStream.Contracts;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Operate;
using MoodStream.Gateway.Review.Api;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Likeness;
using MoodStream.Gateway.Review.Scores;
using MoodStream.Gateway.Review.Sessions;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Settings;

namespace MoodStream.Gateway;

/// <summary>The review queue and the operators' view: cases, their upkeep, the APIs, and who may use them.</summary>
internal static class ReviewModule
{
    /// <summary>Adds the services of the review queue.</summary>
    public static void AddReview(this WebApplicationBuilder builder)
    {
        builder.AddSettings<ReviewSettings>(ReviewSettings.Section);
        builder.AddSettings<AuditSettings>(AuditSettings.Section);
        var services = builder.Services;
        builder.AddAccess(sessions: IsEnabled(builder.Configuration));
        builder.AddWebhook();
        services.AddSingleton<CaseStore>();
        services.AddSingleton<CaseChanges>();
        services.AddSingleton<ReviewMetrics>();
        services.AddSingleton<ReviewDesk>();
        services.AddSingleton<CaseQueries>();
        services.AddSingleton<CaseImages>();
        services.AddSingleton<ScoreDistributions>();
        services.AddSingleton<AcceptedImages>();
        services.AddSingleton<ILiveListener>(s => s.GetRequiredService<AcceptedImages>());
        services.AddSingleton<NearestImages>();
        services.AddSingleton<SimilarCases>();
        services.AddSingleton<LikenessEndpoints>();
        services.AddSingleton<ReviewEndpoints>();
        services.AddSingleton<CaseSweeper>();
        services.AddSingleton<OutboxPump>();
        services.AddSingleton<GateReading>();
        services.AddSingleton<OperatorEndpoints>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, OperatorJson.Default));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ReviewJson.Default));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SessionJson.Default));
        if (!IsEnabled(builder.Configuration)) return;
        builder.UseTopics(Topics.Decisions, Topics.Audit);
        builder.AddSettingsAudit(builder.Environment.ApplicationName);
        services.AddHostedService<FirstRun>();
        services.AddHostedService<CaseFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<CaseSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxPump>());
    }

    /// <summary>Maps the APIs of reviewers and operators, where this gateway serves it.</summary>
    public static void MapReview(this WebApplication app)
    {
        if (!IsEnabled(app.Configuration)) return;
        app.MapReviewApi();
        app.MapOperatorApi();
        app.MapSessions();
    }

    // Hosted services are chosen before the settings are bound; a value that is no boolean is told by their check.
    private static bool IsEnabled(IConfiguration configuration) =>
        !bool.TryParse(configuration[$"{ReviewSettings.Section}:{nameof(ReviewSettings.Enabled)}"], out var enabled) || enabled;
}
