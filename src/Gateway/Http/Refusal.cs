using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MoodStream.Gateway.Http;

/// <summary>An expected failure as a value: of which kind, and one text that says what, where and what to do.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Detail">What is wrong with this very request, and what to do about it.</param>
/// <param name="RetryAfter">When to come back, where coming back helps.</param>
internal sealed record Refusal(ProblemKind Kind, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>A query parameter is outside what it may be.</summary>
    /// <param name="rule">What it may be, without a full stop.</param>
    public static Refusal OfQuery(string rule) => new(ProblemKind.InvalidQuery, $"The query is not understood: {rule}.");

    /// <summary>The RFC 9457 problem details.</summary>
    public ProblemDetails ToDetails(string? instance = null) => new()
    {
        Type = ProblemKinds.UrnPrefix + Kind.WireName(),
        Title = Kind.Title(),
        Status = Kind.Status(),
        Detail = Detail,
        Instance = instance,
    };

    /// <summary>The whole response, with <c>Retry-After</c> and <c>Accept-Post</c> where they help.</summary>
    public ProblemHttpResult ToResult(HttpContext context)
    {
        if (RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = ToSeconds(wait).ToString(CultureInfo.InvariantCulture);
        if (Kind == ProblemKind.UnsupportedMediaType)
            context.Response.Headers["Accept-Post"] = string.Join(", ", MediaTypes.Accepted);
        return TypedResults.Problem(ToDetails(context.Request.Path));
    }

    // Retry-After has whole seconds, and 0 would mean "at once".
    private static long ToSeconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
}
