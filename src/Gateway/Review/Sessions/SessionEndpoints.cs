using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>Signing in and out.</summary>
internal sealed class SessionEndpoints(
    LocalAdministrator administrator, SignInLockout lockout, FailedKeys failed, IAntiforgery antiforgery, AccessAudit audit,
    ProviderSignOut provider, AccessSettings settings, TimeProvider clock)
    : IDisposable
{
    private const int MostPasswordCharacters = 256;

    // Each costs a tenth of a second of a core.
    private readonly SemaphoreSlim _hashing = new(2);

    /// <summary>The ways there are to sign in.</summary>
    public IResult Ways() => TypedResults.Ok(new SignInWays(administrator.Exists, settings.Oidc.InBrowser));

    /// <summary>Who is there; with a session, the token against forged requests as well.</summary>
    public async Task<IResult> ReadAsync(HttpContext context)
    {
        var person = ReviewPerson.Of(context.User);
        var inSession = context.User.Identity?.AuthenticationType == AccessSchemes.Session;
        context.Response.Headers.CacheControl = "no-store";
        if (!inSession) return TypedResults.Ok(new SessionView(person.Name, person.Roles, person.Gates, null, null));
        var ticket = (await context.AuthenticateAsync(AccessSchemes.Session)).Ticket!;
        return TypedResults.Ok(new SessionView(
            person.Name, person.Roles, person.Gates, antiforgery.GetAndStoreTokens(context).RequestToken,
            SessionTickets.BeganAt(ticket) + settings.SessionLimit));
    }

    /// <summary>Signs in with name and password.</summary>
    public async Task<IResult> SignInAsync(SignInRequest request, HttpContext context)
    {
        if (RefuseCrossSite(context) is { } foreign) return foreign.ToResult(context);
        var address = AccessSchemes.AddressOf(context);
        if (failed.Locked(address)) return LockedOut(FailedKeys.Window).ToResult(context);
        var (right, wait) = await TryAsync(request, address, context.RequestAborted);
        if (wait > TimeSpan.Zero) return LockedOut(wait).ToResult(context);
        if (!right) return new Refusal(ProblemKind.SignInRefused, "Name or password is wrong. Both were logged at the first start.").ToResult(context);
        // Written first: a session that the trail does not know is none.
        await audit.WriteAsync(KeyRing.Administrator, "signed-in", address, "password", context.RequestAborted);
        var person = new ReviewPerson(KeyRing.Administrator, ReviewPerson.EveryRole, null);
        await context.SignInAsync(AccessSchemes.Session, person.ToPrincipal(AccessSchemes.Session));
        return TypedResults.NoContent();
    }

    /// <summary>Ends the session, here and at every other gateway; the answer says where it ends at the provider, where it began there.</summary>
    public async Task<IResult> SignOutAsync(HttpContext context)
    {
        var address = await provider.AddressAsync(context);
        await audit.WriteAsync(ReviewPerson.Of(context.User).Name, "signed-out", AccessSchemes.AddressOf(context), null, context.RequestAborted);
        await context.SignOutAsync(AccessSchemes.Session);
        if (address is null) return TypedResults.NoContent();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SignedOut(address));
    }

    /// <summary>Makes another password for the local administrator, who gives the present one; sessions end.</summary>
    public async Task<IResult> ChangePasswordAsync(SignInRequest request, HttpContext context)
    {
        var address = AccessSchemes.AddressOf(context);
        var (right, wait) = await TryAsync(request with { Name = context.User.Identity?.Name }, address, context.RequestAborted);
        if (wait > TimeSpan.Zero) return LockedOut(wait).ToResult(context);
        if (!right) return new Refusal(ProblemKind.SignInRefused, "Give the present password.").ToResult(context);
        await audit.WriteAsync(KeyRing.Administrator, "password-changed", address, null, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new NewPassword(await administrator.ChangeAsync(context.RequestAborted)));
    }

    /// <summary>Sends the browser to the organisation's provider.</summary>
    public IResult ToProvider(HttpContext context)
    {
        if (settings.Oidc.InBrowser)
            return TypedResults.Challenge(new() { RedirectUri = Routes.ReviewPage, IssuedUtc = clock.GetUtcNow() }, [AccessSchemes.Provider]);
        return new Refusal(ProblemKind.NoProvider, "Set MoodStream:Access:Oidc:Authority and ClientId, or sign in with a key or password.").ToResult(context);
    }

    /// <inheritdoc/>
    public void Dispose() => _hashing.Dispose();

    private async Task<(bool Right, TimeSpan Wait)> TryAsync(SignInRequest request, string address, CancellationToken cancellation)
    {
        // Names that nobody has are not written anywhere: people type passwords into the wrong field.
        var known = administrator.Exists && request.Name == KeyRing.Administrator;
        if (known && await lockout.WaitAsync(KeyRing.Administrator, cancellation) is var locked && locked > TimeSpan.Zero) return (false, locked);
        if (request.Password is { Length: > 0 and <= MostPasswordCharacters } password && await VerifyAsync(password, cancellation) && known)
        {
            await lockout.ForgetAsync(KeyRing.Administrator, cancellation);
            return (true, TimeSpan.Zero);
        }
        failed.Add(address);
        var actor = known ? KeyRing.Administrator : AccessAudit.Unknown;
        audit.Refused(actor, "sign-in-refused", address, "name or password is wrong");
        var wait = known ? await lockout.FailedAsync(KeyRing.Administrator, cancellation) : TimeSpan.Zero;
        if (wait > TimeSpan.Zero || failed.Locked(address)) audit.Refused(actor, "locked-out", address, "too many wrong passwords");
        return (false, TimeSpan.Zero);
    }

    // Asked for unknown names too, so that the time of the answer does not tell which names there are.
    private async Task<bool> VerifyAsync(string password, CancellationToken cancellation)
    {
        await _hashing.WaitAsync(cancellation);
        try
        {
            return await administrator.VerifyAsync(password, cancellation);
        }
        finally
        {
            _hashing.Release();
        }
    }

    // Another site must not sign a browser in under a name of its choice.
    private static Refusal? RefuseCrossSite(HttpContext context) =>
        context.Request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
            ? new(ProblemKind.ForgedRequest, "Sign in on the gateway's own page.")
            : null;

    private static Refusal LockedOut(TimeSpan wait) =>
        new(ProblemKind.TooManyAttempts, "Too many wrong passwords. Try again after the time in Retry-After.", wait);
}
