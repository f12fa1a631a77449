using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace MoodStream.GatewayTests.Fakes;

/// <summary>A real OpenID Connect provider on loopback, where whoever comes is the person that the test put there.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    public const string Audience = "moodstream-api", Client = "moodstream-gateway", Secret = "the gateway's secret at the provider";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly TimeProvider _clock;
    private WebApplication? _app;

    private OidcProvider(TimeProvider clock) => _clock = clock;

    /// <summary>Subject of whoever signs in.</summary>
    public string Subject { get; set; } = "person-7";

    /// <summary>Claims of whoever signs in, besides the subject.</summary>
    public List<(string Type, string Value)> Claims { get; } = [("roles", "Reviewer"), ("gates", "parts")];

    public string Authority { get; private set; } = "";

    /// <summary>What the gateway asked for when it sent the browser here.</summary>
    public OpenIddictRequest? Asked { get; private set; }

    /// <summary>What the browser asked for when it was sent here to sign out.</summary>
    public OpenIddictRequest? Ended { get; private set; }

    /// <summary>Subject of the id token that came with it, which the provider has checked.</summary>
    public string? EndedSubject { get; private set; }

    /// <summary>Where the provider sends browsers back to that have signed out.</summary>
    public string? SignedOutAddress { get; set; }

    public SigningCredentials Key => new(new RsaSecurityKey(_rsa) { KeyId = "one" }, SecurityAlgorithms.RsaSha256);

    public static async Task<OidcProvider> StartAsync(TimeProvider clock)
    {
        var provider = new OidcProvider(clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.Services.AddOpenIddict().AddServer(provider.Configure);
        provider._app = builder.Build();
        provider._app.UseAuthentication();
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        provider.Authority = provider._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/";
        return provider;
    }

    /// <summary>Settings of a gateway that takes this provider.</summary>
    public (string, string)[] Settings =>
    [
        ("MoodStream:Access:Oidc:Authority", Authority),
        ("MoodStream:Access:Oidc:Audience", Audience),
        ("MoodStream:Access:Oidc:ClientId", Client),
        ("MoodStream:Access:Oidc:ClientSecret", Secret),
    ];

    /// <summary>An access token as the provider itself gives it to a machine.</summary>
    public async Task<string> TokenAsync()
    {
        using var client = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = Client, ["client_secret"] = Secret,
        });
        using var response = await client.PostAsync(Authority + "connect/token", form, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        using var answer = JsonDocument.Parse(text);
        return answer.RootElement.GetProperty("access_token").GetString()!;
    }

    /// <summary>A token like the provider's, of which the test may change what it likes.</summary>
    public string Forge(Action<SecurityTokenDescriptor>? change = null)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Authority,
            Audience = Audience,
            NotBefore = now,
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            SigningCredentials = Key,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = Subject,
                ["roles"] = Claims.Where(c => c.Type == "roles").Select(c => c.Value).ToArray(),
                ["gates"] = Claims.Where(c => c.Type == "gates").Select(c => c.Value).ToArray(),
            },
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private void Configure(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetEndSessionEndpointUris("connect/end");
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowClientCredentialsFlow();
        server.RegisterScopes(Scopes.Profile);
        server.EnableDegradedMode();
        server.DisableAccessTokenEncryption();
        server.AddSigningCredentials(Key);
        server.AddEphemeralEncryptionKey();
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(asked =>
        {
            Asked = asked.Request;
            if (asked.ClientId != Client) asked.Reject(Errors.InvalidClient);
            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(asked =>
        {
            if (asked.ClientId != Client || asked.ClientSecret != Secret) asked.Reject(Errors.InvalidClient);
            return default;
        }));
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(asked =>
        {
            asked.Principal = Person(asked.Request.GetScopes());
            return default;
        }));
        server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(asked =>
        {
            (Ended, EndedSubject) = (asked.Request, asked.IdentityTokenHintPrincipal?.FindFirst(OpenIddictConstants.Claims.Subject)?.Value);
            if (asked.PostLogoutRedirectUri != SignedOutAddress) asked.Reject(Errors.InvalidRequest);
            return default;
        }));
        server.AddEventHandler<HandleEndSessionRequestContext>(handler => handler.UseInlineHandler(asked =>
        {
            asked.SignOut();
            return default;
        }));
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(asked =>
        {
            if (asked.Request.IsClientCredentialsGrantType()) asked.Principal = Person([]);
            return default;
        }));
    }

    private ClaimsPrincipal Person(IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity("provider");
        identity.AddClaim(new(OpenIddictConstants.Claims.Subject, Subject));
        foreach (var (type, value) in Claims) identity.AddClaim(new(type, value));
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetResources(Audience);
        principal.SetDestinations(_ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return principal;
    }
}
