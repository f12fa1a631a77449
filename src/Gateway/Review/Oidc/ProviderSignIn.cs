using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Sessions;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Oidc;

/// <summary>OpenID Connect: access tokens as they come, and sign-in in the browser by the code flow with PKCE.</summary>
internal static class ProviderSignIn
{
    /// <summary>Where the provider sends the browser back to.</summary>
    public const string Callback = "/v1/session/callback";

    /// <summary>The log-in page after a sign-in that the provider, or the gateway, refused.</summary>
    public const string RefusedPage = Routes.SignInPage + "?refused";

    // What is signed with a secret shared by both sides is no proof of the provider; "none" is no proof at all.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Adds tokens of the provider and, where asked for, sign-in in the browser.</summary>
    public static void AddProvider(this AuthenticationBuilder authentication, bool inBrowser)
    {
        authentication.Services.AddSingleton<ProviderPeople>();
        authentication.AddJwtBearer(AccessSchemes.Token, _ => { });
        authentication.Services.AddOptions<JwtBearerOptions>(AccessSchemes.Token)
            .Configure<AccessSettings, TimeProvider>((token, settings, clock) => Fill(token, settings.Oidc, clock));
        if (!inBrowser) return;
        authentication.AddOpenIdConnect(AccessSchemes.Provider, _ => { });
        authentication.Services.AddOptions<OpenIdConnectOptions>(AccessSchemes.Provider)
            .Configure<AccessSettings, TimeProvider>((provider, settings, clock) => Fill(provider, settings, clock));
    }

    private static void Fill(JwtBearerOptions token, OidcSettings oidc, TimeProvider clock)
    {
        token.Authority = oidc.Authority;
        token.RequireHttpsMetadata = !new Uri(oidc.Authority!).IsLoopback;
        token.MapInboundClaims = false;
        token.TokenValidationParameters = Rules(oidc, oidc.Audience!, clock);
        token.TokenValidationParameters.ValidTypes = ["JWT", "at+jwt"];
        token.Events = new()
        {
            OnTokenValidated = context =>
            {
                var (person, refused) = context.HttpContext.RequestServices.GetRequiredService<ProviderPeople>().Of(context.Principal!);
                if (person is not null) context.Principal = person.ToPrincipal(AccessSchemes.Token);
                else Refuse(context, refused!);
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context =>
            {
                Tell(context.HttpContext, "token-refused", context.Exception.GetType().Name);
                return Task.CompletedTask;
            },
        };
    }

    private static void Fill(OpenIdConnectOptions provider, AccessSettings settings, TimeProvider clock)
    {
        var oidc = settings.Oidc;
        provider.Authority = oidc.Authority;
        provider.RequireHttpsMetadata = !new Uri(oidc.Authority!).IsLoopback;
        provider.ClientId = oidc.ClientId;
        provider.ClientSecret = oidc.ClientSecret;
        provider.ResponseType = OpenIdConnectResponseType.Code;
        provider.ResponseMode = OpenIdConnectResponseMode.Query;
        provider.UsePkce = true;
        provider.CallbackPath = Callback;
        provider.SignInScheme = AccessSchemes.Session;
        provider.MapInboundClaims = false;
        provider.DisableTelemetry = true;
        provider.Scope.Clear();
        foreach (var scope in oidc.Scopes) provider.Scope.Add(scope);
        provider.TokenValidationParameters = Rules(oidc, oidc.ClientId!, clock);
        // The provider's answer comes from another site; Lax lets it bring these two along, and a page of another site nothing else.
        SessionCookies.Seal(provider.CorrelationCookie, "moodstream-correlation.", settings).SameSite = SameSiteMode.Lax;
        SessionCookies.Seal(provider.NonceCookie, "moodstream-nonce.", settings).SameSite = SameSiteMode.Lax;
        provider.Events = new()
        {
            OnRedirectToIdentityProvider = context =>
            {
                if (settings.PublicUrl is { } address) context.ProtocolMessage.RedirectUri = address.TrimEnd('/') + Callback;
                return Task.CompletedTask;
            },
            OnTokenValidated = ValidatedAsync,
            OnRemoteFailure = context =>
            {
                Tell(context.HttpContext, "sign-in-refused", context.Failure?.GetBaseException().GetType().Name ?? "refused by the provider");
                context.Response.Redirect(RefusedPage);
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    private static async Task ValidatedAsync(Microsoft.AspNetCore.Authentication.OpenIdConnect.TokenValidatedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var (person, refused) = services.GetRequiredService<ProviderPeople>().Of(context.Principal!);
        if (person is null)
        {
            context.Fail(refused!);
            return;
        }
        await services.GetRequiredService<AccessAudit>().WriteAsync(
            person.Name, "signed-in", AccessSchemes.AddressOf(context.HttpContext), "provider", context.HttpContext.RequestAborted);
        context.Principal = person.ToPrincipal(AccessSchemes.Session);
        ProviderSignOut.Remember(context.Properties!, context.TokenEndpointResponse?.IdToken);
    }

    private static TokenValidationParameters Rules(OidcSettings oidc, string audience, TimeProvider clock) => new()
    {
        ValidAudience = audience,
        ValidAlgorithms = Algorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        // By the gateway's clock, as everything else.
        LifetimeValidator = (from, to, _, _) =>
            to is { } end && end + oidc.ClockSkew > clock.GetUtcNow().UtcDateTime
            && !(from is { } start && start - oidc.ClockSkew > clock.GetUtcNow().UtcDateTime),
    };

    private static void Refuse(Microsoft.AspNetCore.Authentication.JwtBearer.TokenValidatedContext context, string why)
    {
        Tell(context.HttpContext, "token-refused", why);
        context.Fail(why);
    }

    private static void Tell(HttpContext context, string what, string why) => context.RequestServices.GetRequiredService<AccessAudit>()
        .Refused(AccessAudit.Unknown, what, AccessSchemes.AddressOf(context), why);
}
