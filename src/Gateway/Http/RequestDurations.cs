using System.Globalization;
using MoodStream.Gateway.Telemetry;

namespace MoodStream.Gateway.Http;

/// <summary>Times every request by its route template, so that the label stays a closed set.</summary>
internal static class RequestDurations
{
    private const string NoRoute = "none";

    /// <summary>Adds the timing.</summary>
    public static IApplicationBuilder UseRequestDurations(this IApplicationBuilder app)
    {
        var metrics = app.ApplicationServices.GetRequiredService<GatewayMetrics>();
        var clock = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(async (context, next) =>
        {
            var started = clock.GetTimestamp();
            await next(context);
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? NoRoute;
            if (route == Routes.Events) return;
            var status = (context.Response.StatusCode / 100).ToString(CultureInfo.InvariantCulture) + "xx";
            metrics.RequestSeconds.WithLabels(route, status).Observe(clock.GetElapsedTime(started).TotalSeconds);
        });
    }
}
