using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Redis;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Who may call what, and how often.</summary>
internal static class ReviewPolicies
{
    /// <summary>Looking at cases: every role but that of machines that put images in.</summary>
    public const string Look = "review-look";

    /// <summary>Working cases: reviewers and seniors.</summary>
    public const string Work = "review-work";

    /// <summary>Correcting and recalling: seniors.</summary>
    public const string Lead = "review-lead";

    /// <summary>Approving statistics and rolling back: operators.</summary>
    public const string Operate = "operate";

    /// <summary>Putting images in, where that is guarded.</summary>
    public const string Ingest = "ingest";

    /// <summary>The live view, where that is guarded: as <see cref="Look"/>, and all gates, since it shows those of all.</summary>
    public const string Watch = "watch";

    /// <summary>Whoever is known, with whatever role.</summary>
    public const string Known = "known";

    /// <summary>The rate limit of whoever is known.</summary>
    public const string Rate = "review-rate";

    /// <summary>The rate limit of trying to sign in.</summary>
    public const string SignInRate = "sign-in-rate";

    private static readonly string[] Lookers =
        [.. Enum.GetValues<ReviewRole>().Where(role => role != ReviewRole.Ingest).Select(role => role.ToString())];

    /// <summary>Adds keys, the roles and the rate limits.</summary>
    /// <param name="services">The services.</param>
    /// <param name="sessions">Whether a request without key or token may have a session.</param>
    public static AuthenticationBuilder AddReviewAccess(this IServiceCollection services, bool sessions)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<FailedKeys>();
        services.AddSingleton<AccessAudit>();
        services.AddSingleton<AccessRefusals>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler>(provider => provider.GetRequiredService<AccessRefusals>());
        services.AddAuthorizationBuilder()
            .AddPolicy(Look, policy => policy.By().RequireRole(Lookers))
            .AddPolicy(Work, policy => policy.By().RequireRole(nameof(ReviewRole.Reviewer), nameof(ReviewRole.Senior)))
            .AddPolicy(Lead, policy => policy.By().RequireRole(nameof(ReviewRole.Senior)))
            .AddPolicy(Operate, policy => policy.By().RequireRole(nameof(ReviewRole.Operator)))
            .AddPolicy(Ingest, policy => policy.By().RequireRole(nameof(ReviewRole.Ingest)))
            .AddPolicy(Watch, policy => policy.By().RequireRole(Lookers).RequireAssertion(asked => ReviewPerson.Of(asked.User).SeesAll))
            .AddPolicy(Known, policy => policy.By().RequireAuthenticatedUser());
        services.AddRateLimiter(options =>
        {
            options.AddPolicy(Rate, context => RateLimitPartition.GetTokenBucketLimiter(
                context.User.Identity?.Name ?? string.Empty, _ => BucketOf(context.RequestServices.GetRequiredService<ReviewSettings>())));
            options.AddPolicy(SignInRate, context => RateLimitPartition.GetFixedWindowLimiter(
                AccessSchemes.AddressOf(context), _ => WindowOf(context.RequestServices.GetRequiredService<AccessSettings>())));
            options.OnRejected = async (rejected, _) => await RejectionOf(rejected.HttpContext)
                .ToResult(rejected.HttpContext).ExecuteAsync(rejected.HttpContext);
        });
        return services.AddAuthentication()
            .AddPolicyScheme(AccessSchemes.Any, null, any => any.ForwardDefaultSelector = context => SchemeOf(context, sessions))
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(AccessSchemes.Key, null);
    }

    /// <summary>Refuses gates that the caller does not see, and answers 503 while Redis is away.</summary>
    public static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.GetRouteValue("gate") is string gate && !ReviewPerson.Of(context.User).Sees(gate))
            return context.RequestServices.GetRequiredService<AccessRefusals>()
                .NotAllowed(context, "the gate is not among those permitted", "This gate is not among those permitted. Ask whoever gives out keys and roles.")
                .ToResult(context);
        try
        {
            return await next(invocation);
        }
        catch (Exception e) when (RedisConnection.IsOutage(e))
        {
            return new Refusal(ProblemKind.ReviewUnavailable,
                "Redis does not answer. Nothing was lost; ask again after the time in Retry-After.", TimeSpan.FromSeconds(1)).ToResult(context);
        }
    }

    // Without a scheme of its own a policy would ask for none at all: there is no default, so that other endpoints look at no key.
    private static AuthorizationPolicyBuilder By(this AuthorizationPolicyBuilder policy) => policy.AddAuthenticationSchemes(AccessSchemes.Any);

    // Keys have no dots; the three parts of a token have two between them.
    private static string SchemeOf(HttpContext context, bool sessions) => AccessSchemes.BearerOf(context.Request) switch
    {
        null when sessions => AccessSchemes.Session,
        null => AccessSchemes.Key,
        { } text when text.Contains('.') && context.RequestServices.GetRequiredService<AccessSettings>().Oidc.Enabled => AccessSchemes.Token,
        _ => AccessSchemes.Key,
    };

    private static Refusal RejectionOf(HttpContext context)
    {
        var services = context.RequestServices;
        return context.User.Identity?.Name is { Length: > 0 }
            ? new(ProblemKind.TooManyAttempts,
                $"Everyone may ask {Number(services.GetRequiredService<ReviewSettings>().RequestsPerSecond)} times a second.", TimeSpan.FromSeconds(1))
            : new(ProblemKind.TooManyAttempts,
                $"An address may try to sign in {Number(services.GetRequiredService<AccessSettings>().SignInsPerMinute)} times a minute.",
                TimeSpan.FromMinutes(1));

        static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static TokenBucketRateLimiterOptions BucketOf(ReviewSettings settings) => new()
    {
        TokenLimit = settings.RequestsPerSecond * 2,
        TokensPerPeriod = settings.RequestsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    };

    private static FixedWindowRateLimiterOptions WindowOf(AccessSettings settings) => new()
    {
        PermitLimit = settings.SignInsPerMinute,
        Window = TimeSpan.FromMinutes(1),
    };
}
