using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Live;

/// <summary>The newest results that match.</summary>
/// <param name="Results">Newest first.</param>
internal sealed record NewestResults(IReadOnlyList<LiveResult> Results);

/// <summary>The endpoints of the live view.</summary>
internal sealed class LiveEndpoints(
    LiveRing ring, RatesTicker rates, LiveImages images, LiveSubscribers subscribers,
    GatewaySettings settings, IHostApplicationLifetime lifetime)
{
    /// <summary>Event type of the first event: the client reads the newest results now, and misses none.</summary>
    public const string HelloEvent = "hello";

    private const int DefaultLimit = 100;
    /// <summary>Newest results.</summary>
    public IResult GetResults(string? verdict, string? source, string? limit, HttpContext context)
    {
        var wanted = verdict is null ? null : LiveVerdicts.Parse(verdict);
        if (verdict is not null && wanted is null)
            return Invalid($"verdict is {string.Join(", ", LiveVerdicts.WireNames)}, or left out for all", context);
        if (ParseNumber(limit, DefaultLimit, settings.LiveResults) is not { } most)
            return Invalid($"limit is a whole number from 1 to {settings.LiveResults}", context);
        return TypedResults.Ok(new NewestResults(ring.Newest(wanted, source, most)));
    }

    /// <summary>One of the newest results.</summary>
    public IResult GetResult(string imageId, HttpContext context) =>
        ring.Find(Routes.Unescape(imageId)) is { } result
            ? TypedResults.Ok(result)
            : LiveImages.NotAmongNewest(settings.LiveResults).ToResult(context);

    /// <summary>Rates over time.</summary>
    public IResult GetRates(string? resolution, string? steps, HttpContext context)
    {
        if (ResolutionOf(resolution) is not { } step) return Invalid(ResolutionRule, context);
        var most = step == RateResolution.Second ? 300 : 1440;
        return ParseNumber(steps, most, most) is { } count
            ? TypedResults.Ok(rates.Read(step, count))
            : Invalid($"steps is a whole number from 1 to {most} for this resolution", context);
    }

    /// <summary>What the resolution of a query may be.</summary>
    public const string ResolutionRule = "resolution is second or minute";

    /// <summary>The resolution of a query; null where it is none.</summary>
    public static RateResolution? ResolutionOf(string? resolution) => resolution switch
    {
        null or "second" => RateResolution.Second,
        "minute" => RateResolution.Minute,
        _ => null,
    };

    /// <summary>Bytes of one of the newest images.</summary>
    public async Task<IResult> GetImageAsync(string imageId, HttpContext context)
    {
        var (bytes, mediaType, refused) = await images.FindAsync(Routes.Unescape(imageId), context.RequestAborted);
        if (refused is not null) return refused.ToResult(context);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = SecurityHeaders.ImagePolicy;
        headers.ContentDisposition = "inline";
        headers.CacheControl = "private, max-age=300";
        return TypedResults.Bytes(bytes!, mediaType);
    }

    /// <summary>Server-sent events: first hello, then results and, once a second, rates.</summary>
    public IResult GetEvents(HttpContext context)
    {
        if (subscribers.TryOpen() is not { } subscription)
            return new Refusal(ProblemKind.TooManyEventClients,
                $"{settings.MaxEventClients} clients listen, which is as many as may. Close one, or come back later.",
                settings.RetryAfter).ToResult(context);
        context.Response.RegisterForDispose(subscription);
        // The stream ends by itself when the host stops, so that stopping need not wait for any client.
        context.Response.RegisterForDispose(lifetime.ApplicationStopping.Register(subscription.Dispose));
        return TypedResults.ServerSentEvents(StreamAsync(subscription, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> StreamAsync(
        LiveSubscription subscription, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new("{}", HelloEvent) { ReconnectionInterval = TimeSpan.FromSeconds(2) };
        await foreach (var item in subscription.ReadAsync(cancellation)) yield return item;
    }

    private static ProblemHttpResult Invalid(string rule, HttpContext context) =>
        Refusal.OfQuery(rule).ToResult(context);

    private static int? ParseNumber(string? text, int unless, int most)
    {
        if (text is null) return Math.Min(unless, most);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : null;
    }
}
