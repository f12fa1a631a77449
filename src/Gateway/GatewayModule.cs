using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MoodStream.Contracts;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Images;
using MoodStream.Gateway.Ingest;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Page;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Settings;
using Prometheus;

namespace MoodStream.Gateway;

/// <summary>The gateway, for its own host and for the all-in-one host: HTTP in, the live view, review, the pages.</summary>
public static class GatewayModule
{
    /// <summary>Adds the gateway's services and its listening address.</summary>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        builder.AddStreaming();
        builder.UseTopics(Topics.Images, Topics.Accepted, Topics.Review, Topics.DeadLetters);
        builder.AddIngressPressure();
        builder.AddSettings<GatewaySettings>(GatewaySettings.Section);
        builder.WebHost.UseUrls(
            builder.Configuration[$"{GatewaySettings.Section}:{nameof(GatewaySettings.Url)}"] ?? new GatewaySettings().Url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, IngestJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, LiveJson.Default);
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        builder.Services.AddGatewayOpenApi();
        builder.Services.TryAddSingleton<IMetricFactory>(Metrics.DefaultFactory);
        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddIngest();
        builder.Services.AddLive();
        builder.AddReview();
        return builder;
    }

    /// <summary>Maps the gateway's routes, health and metrics, and what surrounds them.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseRequestDurations();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAccess();
        app.MapIngest();
        app.MapLive();
        app.MapReview();
        app.MapPage();
        app.MapOpenApi(Routes.OpenApi);
        app.MapServiceEndpoints();
        return app;
    }

    private static void AddIngest(this IServiceCollection services)
    {
        services.AddSingleton<IImageIds, TimeOrderedImageIds>();
        services.AddSingleton(provider => new UploadMemory(provider.GetRequiredService<GatewaySettings>().UploadMemoryBytes));
        services.AddSingleton<SourceQuota>();
        services.AddSingleton<IngestTelemetry>();
        services.AddSingleton<ImageIngest>();
        services.AddSingleton<MultipartIngest>();
        services.AddSingleton<IngestEndpoint>();
    }

    private static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton(provider => new LiveRing(provider.GetRequiredService<GatewaySettings>().LiveResults));
        services.AddSingleton<LiveRates>();
        services.AddSingleton<LiveSubscribers>();
        services.AddSingleton<LiveView>();
        services.AddSingleton<StoredImages>();
        services.AddSingleton<LiveImages>();
        services.AddSingleton<LiveEndpoints>();
        services.AddSingleton<RatesTicker>();
        services.AddHostedService<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<RatesTicker>());
    }
}
