using System.Net;
using System.Text.RegularExpressions;
using MoodStream.Gateway.Page;

namespace MoodStream.GatewayTests.Page;

public sealed partial class PageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_Page_HasAStrictPolicyAndIsRevalidated()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();

        using var first = await client.GetAsync("/", Stop);
        client.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await client.GetAsync("/", Stop);

        Assert.Equal("text/html; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        var policy = first.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.True(first.Headers.CacheControl?.NoCache);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Get_EveryFileThatThePageNames_IsServed()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        var named = PageAssets.All.Values.SelectMany(asset => AssetReference().Matches(Text(asset)).Select(match => match.Groups[1].Value)).Distinct();

        foreach (var name in named)
        {
            using var response = await client.GetAsync($"/assets/{name}", Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        Assert.Equal(PageAssets.All.Keys.Where(name => name is not ("index.html" or "review.html" or "operate.html" or "login.html")).Order(), named.Order());
    }

    [Fact]
    public void Files_NameNoOtherOrigin() => Assert.All(PageAssets.All, file =>
        Assert.DoesNotMatch(ForeignUrl(), Text(file.Value).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal)));

    [Fact]
    public void Page_HasNoInlineScriptStyleOrHandler()
    {
        Assert.All(PageAssets.All.Where(file => file.Key.EndsWith(".html", StringComparison.Ordinal)),
            file => Assert.DoesNotMatch(InlineCode(), Text(file.Value)));
        Assert.All(PageAssets.All.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal)),
            file => Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(", Text(file.Value)));
    }

    private static string Text(PageAsset asset) => System.Text.Encoding.UTF8.GetString(asset.Bytes);

    [GeneratedRegex("""(?:/assets/|from "\./)([a-z]+\.[a-z]+)""")]
    private static partial Regex AssetReference();

    [GeneratedRegex("""(?:https?:)?//[a-z0-9]""", RegexOptions.IgnoreCase)]
    private static partial Regex ForeignUrl();

    [GeneratedRegex("""<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:""", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();
}
