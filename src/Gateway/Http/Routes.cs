namespace MoodStream.Gateway.Http;

/// <summary>The paths of the gateway. A path is spelled here and nowhere else.</summary>
internal static class Routes
{
    /// <summary>Images in.</summary>
    public const string Images = "/v1/sources/{source}/images";

    /// <summary>Newest results.</summary>
    public const string Results = "/v1/live/results";

    /// <summary>One of the newest results.</summary>
    public const string OneResult = "/v1/live/results/{imageId}";

    /// <summary>Rates over time.</summary>
    public const string Rates = "/v1/live/rates";

    /// <summary>Server-sent events.</summary>
    public const string Events = "/v1/live/events";

    /// <summary>Bytes of one of the newest images.</summary>
    public const string OneImage = "/v1/images/{imageId}";

    /// <summary>API description.</summary>
    public const string OpenApi = "/openapi/{documentName}.json";

    /// <summary>Path of one result.</summary>
    public static string Result(string imageId) => $"{Results}/{Uri.EscapeDataString(imageId)}";

    /// <summary>Path of one image.</summary>
    public static string Image(string imageId) => $"/v1/images/{Uri.EscapeDataString(imageId)}";
}
