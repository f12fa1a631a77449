using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>Signing out at the organisation's provider as well (RP-initiated logout), for sessions that began there.</summary>
internal sealed class ProviderSignOut(AccessSettings settings, IOptionsMonitor<OpenIdConnectOptions> options, ILogger<ProviderSignOut> log)
{
    private const string IdToken = "id_token";

    /// <summary>Keeps the id token with the session: the provider knows by it whose session is to end.</summary>
    public static void Remember(AuthenticationProperties session, string? idToken)
    {
        if (idToken is not null) session.StoreTokens([new() { Name = IdToken, Value = idToken }]);
    }

    /// <summary>Where the browser goes to end the session at the provider; null where it did not begin there, or the provider offers no end.</summary>
    /// <remarks>On failure: a provider that cannot be asked ends nothing; the session here ends all the same.</remarks>
    public async Task<string?> AddressAsync(HttpContext context)
    {
        if (!settings.Oidc.InBrowser) return null;
        var session = await context.AuthenticateAsync(AccessSchemes.Session);
        if (session.Properties?.GetTokenValue(IdToken) is not { } idToken) return null;
        try
        {
            var provider = await options.Get(AccessSchemes.Provider).ConfigurationManager!.GetConfigurationAsync(context.RequestAborted);
            if (string.IsNullOrEmpty(provider.EndSessionEndpoint)) return null;
            return new OpenIdConnectMessage
            {
                IssuerAddress = provider.EndSessionEndpoint, IdTokenHint = idToken, ClientId = settings.Oidc.ClientId, PostLogoutRedirectUri = Home(context),
            }.CreateLogoutRequestUrl();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException)
        {
            log.ProviderNotAsked(e.Message);
            return null;
        }
    }

    private string Home(HttpContext context) =>
        (settings.PublicUrl ?? $"{context.Request.Scheme}://{context.Request.Host}").TrimEnd('/') + Routes.SignInPage;
}
