namespace MoodStream.Gateway.Http;

/// <summary>Sets the security headers of every response, errors included.</summary>
internal static class SecurityHeaders
{
    /// <summary>For JSON, text and problems: nothing may be loaded and nobody may frame it.</summary>
    public const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>For images of unknown origin: shown, never run.</summary>
    public const string ImagePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>For the page: its own files and nothing else; no inline script, no inline style, no other origin. Images it has fetched with a key are blobs.</summary>
    public const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Adds the headers just before a response starts, so that an exception handler cannot clear them.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var its = (HttpContext)state;
            Set(its.Response.Headers);
            // Browsers heed it over TLS alone; behind a proxy that ends TLS, the proxy must be a trusted one.
            if (its.Request.IsHttps) its.Response.Headers.TryAdd("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
            return Task.CompletedTask;
        }, context);
        return next(context);
    });

    private static void Set(IHeaderDictionary headers)
    {
        headers.TryAdd("Content-Security-Policy", ApiPolicy);
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    }
}
