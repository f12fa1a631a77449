using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Redis;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>Sessions in the browser: the cookie, what protects it, and the token against forged requests.</summary>
internal static class SessionCookies
{
    /// <summary>Header with the token against forged requests.</summary>
    public const string TokenHeader = "X-CSRF-Token";

    private const string Session = "moodstream-session", Forgery = "moodstream-csrf";

    /// <summary>Adds sessions.</summary>
    public static AuthenticationBuilder AddSessions(this AuthenticationBuilder authentication)
    {
        var services = authentication.Services;
        services.AddSingleton<LocalAdministrator>();
        services.AddSingleton<SignInLockout>();
        services.AddSingleton<SessionTickets>();
        services.AddSingleton<ProviderSignOut>();
        services.AddSingleton<SessionEndpoints>();
        services.AddDataProtection().SetApplicationName("MoodStream");
        services.AddOptions<KeyManagementOptions>().Configure<AccessSettings, RedisConnection, ILoggerFactory>((keys, settings, redis, logs) =>
            keys.XmlRepository = settings.KeyFolder is { } folder
                ? new Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository(new DirectoryInfo(folder), logs)
                : new ProtectionKeysInRedis(redis));
        services.AddAntiforgery();
        services.AddOptions<AntiforgeryOptions>().Configure<AccessSettings>((forgery, settings) =>
        {
            forgery.HeaderName = TokenHeader;
            forgery.FormFieldName = TokenHeader;
            Seal(forgery.Cookie, Forgery, settings);
        });
        authentication.AddCookie(AccessSchemes.Session);
        services.AddOptions<CookieAuthenticationOptions>(AccessSchemes.Session)
            .Configure<AccessSettings, SessionTickets>((cookie, settings, tickets) =>
            {
                Seal(cookie.Cookie, Session, settings);
                cookie.SessionStore = tickets;
                cookie.ExpireTimeSpan = settings.SessionIdle;
                cookie.SlidingExpiration = true;
                cookie.Events.OnValidatePrincipal = ValidateAsync;
            });
        return authentication;
    }

    /// <summary>Makes a cookie one of this host alone, which no script reads and no other site causes to be sent.</summary>
    public static CookieBuilder Seal(CookieBuilder cookie, string name, AccessSettings settings)
    {
        // The prefix makes browsers refuse such a cookie from anywhere but this very host, by TLS.
        cookie.Name = settings.Tls ? "__Host-" + name : name;
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Strict;
        cookie.SecurePolicy = settings.Tls ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.IsEssential = true;
        return cookie;
    }

    // A session of the local administrator ends with the password that it began with, and where there is no such person any more.
    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal?.Identity?.Name != KeyRing.Administrator) return;
        var administrator = context.HttpContext.RequestServices.GetRequiredService<LocalAdministrator>();
        var ticket = new AuthenticationTicket(context.Principal, context.Properties, context.Scheme.Name);
        if (!await administrator.HoldsAsync(SessionTickets.BeganAt(ticket), context.HttpContext.RequestAborted)) context.RejectPrincipal();
    }
}
