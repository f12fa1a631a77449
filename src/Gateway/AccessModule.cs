using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Oidc;
using MoodStream.Gateway.Review.Sessions;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Settings;

namespace MoodStream.Gateway;

/// <summary>Who is there, and what they may: keys and tokens everywhere, sessions where people review.</summary>
internal static class AccessModule
{
    /// <summary>Adds keys, tokens and, where people review, sessions.</summary>
    public static void AddAccess(this WebApplicationBuilder builder, bool sessions)
    {
        builder.AddSettings<AccessSettings>(AccessSettings.Section);
        var authentication = builder.Services.AddReviewAccess(sessions);
        if (sessions) authentication.AddSessions();
        // Schemes are chosen before the settings are bound; what is wrong with these is told by their check.
        if (Setting(builder.Configuration, nameof(OidcSettings.Authority)) is not null)
            authentication.AddProvider(inBrowser: sessions && Setting(builder.Configuration, nameof(OidcSettings.ClientId)) is not null);
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<AccessSettings>(Believe);
        if (sessions || GuardsImages(builder.Configuration)) builder.Services.AddHostedService(s => s.GetRequiredService<AccessAudit>());
    }

    /// <summary>Looks at who asks, before any route.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.Lifetime.ApplicationStarted.Register(() => WarnWhereOpen(app));
    }

    /// <summary>Whether putting images in and the live view ask who is there.</summary>
    public static bool GuardsImages(IConfiguration configuration) =>
        bool.TryParse(configuration[$"{AccessSettings.Section}:{nameof(AccessSettings.GuardImages)}"], out var guards) && guards;

    private static void WarnWhereOpen(WebApplication app)
    {
        var url = app.Services.GetRequiredService<GatewaySettings>().Url;
        var local = Uri.TryCreate(url, UriKind.Absolute, out var address) && address.IsLoopback;
        if (!local && !GuardsImages(app.Configuration)) app.Services.GetRequiredService<ILogger<AccessSettings>>().ListensUnguarded(url);
    }

    private static string? Setting(ConfigurationManager configuration, string name) =>
        configuration[$"{AccessSettings.Section}:{nameof(AccessSettings.Oidc)}:{name}"];

    private static void Believe(ForwardedHeadersOptions forwarded, AccessSettings settings)
    {
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var proxy in settings.TrustedProxies) forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        // With nobody in the list the framework would believe everybody.
        forwarded.ForwardedHeaders = settings.TrustedProxies.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
    }
}
