using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Page;

/// <summary>One file of the page, from inside the assembly.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Tag">Hash of the bytes.</param>
internal sealed record PageAsset(byte[] Bytes, string MediaType, EntityTagHeaderValue Tag);

/// <summary>The files of the pages: live, review, operators and log-in, read once.</summary>
internal static class PageAssets
{
    private const string Prefix = "Page.";
    private const string Index = "index.html", Review = "review.html", Operate = "operate.html", SignIn = "login.html";

    /// <summary>File name to file.</summary>
    public static FrozenDictionary<string, PageAsset> All { get; } = ReadAll();

    /// <summary>Maps <c>/</c>, <c>/review</c>, <c>/operate</c>, <c>/login</c> and <c>/assets/…</c>.</summary>
    public static void MapPage(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (HttpContext context) => Serve(All[Index], context)).ExcludeFromDescription();
        app.MapGet(Routes.ReviewPage, (HttpContext context) => Serve(All[Review], context)).ExcludeFromDescription();
        app.MapGet(Routes.OperatorPage, (HttpContext context) => Serve(All[Operate], context)).ExcludeFromDescription();
        app.MapGet(Routes.SignInPage, (HttpContext context) => Serve(All[SignIn], context)).ExcludeFromDescription();
        foreach (var (name, asset) in All.Where(file => file.Key is not (Index or Review or Operate or SignIn)))
            app.MapGet($"/assets/{name}", (HttpContext context) => Serve(asset, context)).ExcludeFromDescription();
    }

    private static FileContentHttpResult Serve(PageAsset asset, HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = SecurityHeaders.PagePolicy;
        // Asked about every time, sent only when changed: an update shows at once.
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(asset.Bytes, asset.MediaType, entityTag: asset.Tag);
    }

    private static FrozenDictionary<string, PageAsset> ReadAll()
    {
        var assembly = typeof(PageAssets).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return new PageAsset(bytes, MediaTypeOf(name), new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\""));
            });
    }

    private static string MediaTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The page has a file of unknown kind {other}."),
    };
}
