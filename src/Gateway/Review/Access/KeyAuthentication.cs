using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Authenticates <c>Authorization: Bearer KEY</c>. No cookie is involved, so that no other site's page can act for anyone.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, KeyRing keys, FailedKeys failed,
    AccessAudit audit)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (AccessSchemes.BearerOf(Request) is not { } key) return AuthenticateResult.NoResult();
        var address = AccessSchemes.AddressOf(Context);
        if (failed.Locked(address)) return AuthenticateResult.Fail("too many wrong keys");
        if (await keys.FindAsync(key, Context.RequestAborted) is { } person)
            return AuthenticateResult.Success(new(person.ToPrincipal(Scheme.Name), Scheme.Name));
        failed.Add(address);
        audit.Refused(AccessAudit.Unknown, "key-refused", address, "the key is unknown or has expired");
        if (failed.Locked(address)) audit.Refused(AccessAudit.Unknown, "locked-out", address, "too many wrong keys");
        return AuthenticateResult.Fail("unknown key");
    }
}
