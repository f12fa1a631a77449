namespace MoodStream.Gateway.Review.Access;

/// <summary>The ways to say who asks.</summary>
internal static class AccessSchemes
{
    /// <summary>Whichever of the others the request brings; what every policy names.</summary>
    public const string Any = "MoodStream";

    /// <summary>A key, as <c>Authorization: Bearer KEY</c>.</summary>
    public const string Key = "Key";

    /// <summary>An access token of the organisation's provider, as <c>Authorization: Bearer TOKEN</c>.</summary>
    public const string Token = "Token";

    /// <summary>A session, as a cookie.</summary>
    public const string Session = "Session";

    /// <summary>Sign-in at the organisation's provider, which ends in a session.</summary>
    public const string Provider = "Provider";

    private const string Bearer = "Bearer ";

    /// <summary>The key or token of a request; null where it brings none.</summary>
    public static string? BearerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
    }

    /// <summary>Where a request came from; behind a proxy that is trusted, the address that the proxy told.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
