using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Ingest;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Page;
using MoodStream.Gateway.Telemetry;
using Prometheus;

namespace MoodStream.Gateway;

/// <summary>The gateway, for its own host and for the all-in-one host: HTTP in, the live view, the page.</summary>
public static class GatewayModule
{
    /// <summary>Adds the gateway's services and its listening address.</summary>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<GatewaySettings>()
            .BindConfiguration(GatewaySettings.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<GatewaySettings>, GatewaySettingsValidator>();
        builder.WebHost.UseUrls(builder.Configuration[$"{GatewaySettings.Section}:{nameof(GatewaySettings.Url)}"] ?? new GatewaySettings().Url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, GatewayJson.Default));
        builder.Services.AddGatewayOpenApi();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<IMetricFactory>(Metrics.DefaultFactory);
        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddIngest();
        builder.Services.AddLive();
        return builder;
    }

    /// <summary>Maps the gateway's routes and what surrounds them.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseRequestDurations();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapIngest();
        app.MapLive();
        app.MapPage();
        app.MapOpenApi(Routes.OpenApi);
        return app;
    }

    private static void AddIngest(this IServiceCollection services)
    {
        services.AddSingleton<IImageIds, TimeOrderedImageIds>();
        services.AddSingleton(provider => new UploadMemory(provider.GetRequiredService<IOptions<GatewaySettings>>().Value.UploadMemoryBytes));
        services.AddSingleton<IngestTelemetry>();
        services.AddSingleton<ImageIngest>();
        services.AddSingleton<MultipartIngest>();
        services.AddSingleton<IngestEndpoint>();
    }

    private static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton(provider => new LiveRing(provider.GetRequiredService<IOptions<GatewaySettings>>().Value.LiveResults));
        services.AddSingleton<LiveRates>();
        services.AddSingleton<LiveSubscribers>();
        services.AddSingleton<LiveView>();
        services.AddSingleton<ImageBytes>();
        services.AddSingleton<LiveEndpoints>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<RatesTicker>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        services.AddHostedService(provider => provider.GetRequiredService<RatesTicker>());
        services.AddHealthChecks().AddCheck<LiveFeed>("live-feed", tags: ["ready"]);
    }
}
