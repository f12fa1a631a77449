using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Authenticates <c>Authorization: Bearer KEY</c>. No cookie is involved, so that no other site's page can act for anyone.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, KeyRing keys, FailedKeys failed)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "ReviewKey";

    private const string Bearer = "Bearer ";

    private string Address => Context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // What a proxy's key for the other endpoints may be is no business of this scheme.
        if (!Request.Path.StartsWithSegments("/v1/review", StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        if (failed.Locked(Address)) return AuthenticateResult.Fail("too many wrong keys");
        if (await keys.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted) is { } person)
            return AuthenticateResult.Success(new(person.ToPrincipal(SchemeName), SchemeName));
        failed.Add(Address);
        return AuthenticateResult.Fail("unknown key");
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (failed.Locked(Address))
            return new Refusal(ProblemKind.TooManyAttempts,
                "Too many wrong keys came from this address. Try again after the time in Retry-After.", FailedKeys.Window)
                .ToResult(Context).ExecuteAsync(Context);
        Response.Headers.WWWAuthenticate = "Bearer";
        return new Refusal(ProblemKind.NotAuthenticated,
            "Send a key of the review API as Authorization: Bearer KEY; this request had none, or one that is unknown or has expired.")
            .ToResult(Context).ExecuteAsync(Context);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        new Refusal(ProblemKind.NotAllowed, "The key lacks the role for this. Ask whoever gave it out.").ToResult(Context).ExecuteAsync(Context);
}
