using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Answers whoever may not, and lets no page of another site use the session of whoever may.</summary>
/// <remarks>Called for every endpoint that asks for a role, whatever way the caller came.</remarks>
internal sealed class AccessRefusals(FailedKeys failed, AccessAudit audit) : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc/>
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Challenged) await WriteAsync(Unauthenticated(context), context);
        else if (authorizeResult.Forbidden) await WriteAsync(Forbidden(context), context);
        else if (NeedsToken(context) && !await HasTokenAsync(context)) await WriteAsync(Forged(context), context);
        else await next(context);
    }

    /// <summary>The refusal of somebody whom the audit trail is told of, too.</summary>
    public Refusal NotAllowed(HttpContext context, string why, string detail)
    {
        audit.Refused(context.User.Identity?.Name ?? AccessAudit.Unknown, "refused", OperationOf(context), why);
        return new(ProblemKind.NotAllowed, detail);
    }

    // A browser sends the cookie with whatever any page asks for; a key or token is sent by who means it.
    private static bool NeedsToken(HttpContext context) =>
        context.User.Identity?.AuthenticationType == AccessSchemes.Session
        && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);

    // Not everywhere are there sessions, and with them this service.
    private static Task<bool> HasTokenAsync(HttpContext context) =>
        context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context);

    private Refusal Unauthenticated(HttpContext context)
    {
        if (AccessSchemes.BearerOf(context.Request) is not null && failed.Locked(AccessSchemes.AddressOf(context)))
            return new(ProblemKind.TooManyAttempts,
                "Too many wrong keys came from this address. Try again after the time in Retry-After.", FailedKeys.Window);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return new(ProblemKind.NotAuthenticated,
            "Sign in, or send a key or token as Authorization: Bearer KEY; this request had none, or one that is unknown or has expired.");
    }

    private Refusal Forbidden(HttpContext context) =>
        NotAllowed(context, "the role is missing", "The role for this is missing. Ask whoever gives out keys and roles.");

    private Refusal Forged(HttpContext context)
    {
        audit.Refused(context.User.Identity?.Name ?? AccessAudit.Unknown, "refused", OperationOf(context), "the token against forged requests is missing");
        return new(ProblemKind.ForgedRequest, "Read the token at GET /v1/session and send it as X-CSRF-Token.");
    }

    private static string OperationOf(HttpContext context) =>
        $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}"
        + (context.GetRouteValue("gate") is string gate ? $" of {gate}" : string.Empty);

    private static Task WriteAsync(Refusal refusal, HttpContext context) => refusal.ToResult(context).ExecuteAsync(context);
}
