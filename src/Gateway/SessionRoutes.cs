using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Sessions;

namespace MoodStream.Gateway;

/// <summary>Maps and describes every route under <c>/v1/session</c>.</summary>
internal static class SessionRoutes
{
    /// <summary>Signing in and out.</summary>
    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.SignInWays, (SessionEndpoints sessions) => sessions.Ways())
            .WithName("ListSignInWays").WithTags("Session").WithSummary("The ways there are to sign in.")
            .Produces<SignInWays>();
        app.MapPost(Routes.Session, (SignInRequest request, HttpContext context, SessionEndpoints sessions) => sessions.SignInAsync(request, context))
            .WithName("SignIn").WithTags("Session").WithSummary("Signs the local administrator in; the answer sets the cookie of the session.")
            .RequireRateLimiting(ReviewPolicies.SignInRate).AddEndpointFilter(ReviewPolicies.GuardAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ProblemKind.SignInRefused, ProblemKind.ForgedRequest, ProblemKind.TooManyAttempts, ProblemKind.ReviewUnavailable);
        app.MapGet(Routes.ProviderSignIn, (HttpContext context, SessionEndpoints sessions) => sessions.ToProvider(context))
            .WithName("SignInAtProvider").WithTags("Session").WithSummary("Sends the browser to the organisation's provider; it comes back with a session.")
            .RequireRateLimiting(ReviewPolicies.SignInRate)
            .Produces(StatusCodes.Status302Found).Refuses(ProblemKind.NoProvider, ProblemKind.TooManyAttempts);
        app.MapGet(Routes.Session, (HttpContext context, SessionEndpoints sessions) => sessions.ReadAsync(context))
            .Known("ReadSession", "Who is there, and the token that changes in a session must bring.").Produces<SessionView>();
        app.MapDelete(Routes.Session, (HttpContext context, SessionEndpoints sessions) => sessions.SignOutAsync(context))
            .Known("SignOut", "Ends the session; one that began at the provider is ended there by going to the address in the answer.", ProblemKind.ForgedRequest)
            .Produces<SignedOut>().Produces(StatusCodes.Status204NoContent);
        app.MapPost(Routes.Password, (SignInRequest request, HttpContext context, SessionEndpoints sessions) =>
                sessions.ChangePasswordAsync(request, context))
            .Known("ChangePassword", "Makes another password for the local administrator; every session of theirs ends.",
                ProblemKind.SignInRefused, ProblemKind.ForgedRequest)
            .Produces<NewPassword>();
    }

    private static RouteHandlerBuilder Known(this RouteHandlerBuilder endpoint, string name, string summary, params ProblemKind[] kinds) => endpoint
        .WithName(name).WithTags("Session").WithSummary(summary)
        .RequireAuthorization(ReviewPolicies.Known)
        .RequireRateLimiting(ReviewPolicies.Rate)
        .AddEndpointFilter(ReviewPolicies.GuardAsync)
        .Refuses([ProblemKind.NotAuthenticated, ProblemKind.TooManyAttempts, ProblemKind.ReviewUnavailable, .. kinds]);
}
