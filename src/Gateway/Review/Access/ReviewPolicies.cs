using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Redis;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Who may call what of the review API, and how often.</summary>
internal static class ReviewPolicies
{
    /// <summary>Looking at cases: any role.</summary>
    public const string Look = "review-look";

    /// <summary>Working cases: reviewers and seniors.</summary>
    public const string Work = "review-work";

    /// <summary>Correcting and recalling: seniors.</summary>
    public const string Lead = "review-lead";

    /// <summary>The rate limit.</summary>
    public const string Rate = "review-rate";

    /// <summary>Adds authentication by key, the roles and the rate limit.</summary>
    public static IServiceCollection AddReviewAccess(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<FailedKeys>();
        services.AddAuthentication(KeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Look, policy => policy.RequireRole(Enum.GetNames<ReviewRole>()))
            .AddPolicy(Work, policy => policy.RequireRole(nameof(ReviewRole.Reviewer), nameof(ReviewRole.Senior)))
            .AddPolicy(Lead, policy => policy.RequireRole(nameof(ReviewRole.Senior)));
        services.AddRateLimiter(options =>
        {
            options.AddPolicy(Rate, context => RateLimitPartition.GetTokenBucketLimiter(
                context.User.Identity?.Name ?? string.Empty, _ => BucketOf(context.RequestServices.GetRequiredService<ReviewSettings>())));
            options.OnRejected = async (rejected, _) => await new Refusal(ProblemKind.TooManyAttempts,
                $"One key may ask {rejected.HttpContext.RequestServices.GetRequiredService<ReviewSettings>().RequestsPerSecond.ToString(
                    CultureInfo.InvariantCulture)} times a second.", TimeSpan.FromSeconds(1))
                .ToResult(rejected.HttpContext).ExecuteAsync(rejected.HttpContext);
        });
        return services;
    }

    /// <summary>Refuses gates that the key does not see, and answers 503 while Redis is away.</summary>
    public static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.GetRouteValue("gate") is string gate && !ReviewPerson.Of(context.User).Sees(gate))
            return new Refusal(ProblemKind.NotAllowed, "The key does not see this gate. Ask whoever gave it out.").ToResult(context);
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

    private static TokenBucketRateLimiterOptions BucketOf(ReviewSettings settings) => new()
    {
        TokenLimit = settings.RequestsPerSecond * 2,
        TokensPerPeriod = settings.RequestsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    };
}
