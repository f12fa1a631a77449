using System.Net;
using System.Text;
using MoodStream.Contracts;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit;

namespace MoodStream.GatewayTests.Live;

public sealed class ImageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_ClaimCheck_GivesTheBytesSandboxed()
    {
        await using var app = new GatewayApp();
        await ShowAsync(app, "a", await app.Store.PutAsync(Samples.Png, Stop));

        using var response = await GetAsync(app, "a");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(Samples.Png, await response.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("inline", response.Content.Headers.ContentDisposition?.DispositionType);
    }

    [Fact]
    public async Task Get_InlineInTheInputRecord_ReadsItAtItsPosition()
    {
        await using var app = new GatewayApp();
        app.Feed.Keep(new(new(Topics.Images, 2, 17), null, Samples.Gif, [], app.Clock.GetUtcNow()));
        await ShowAsync(app, "a", reference: null);

        using var response = await GetAsync(app, "a");

        Assert.Equal("image/gif", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Get_DeadLetterWithItsBytes_GivesThem()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        app.Feed.Write(app.Feed.DeadLetter("a", DeadLetterReason.Truncated, app.Clock.GetUtcNow(), Samples.Jpeg));
        await Eventually.HoldsAsync(() => app.Feed.Completed.Count == 1, "the feed is read");

        using var response = await GetAsync(app, "a");

        Assert.Equal("image/jpeg", response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")]
    [InlineData("<!doctype html><script>alert(1)</script>")]
    [InlineData("%PDF-1.7")]
    [InlineData("GIF8 but not quite")]
    public async Task Get_BytesThatAreNoRasterImage_AreNeverGiven(string text)
    {
        await using var app = new GatewayApp();
        await ShowAsync(app, "a", await app.Store.PutAsync(Encoding.UTF8.GetBytes(text), Stop));

        using var response = await GetAsync(app, "a");

        await Problems.AssertAsync(response, 404, "image-not-shown");
    }

    [Fact]
    public async Task Get_LargerThanAnImageMayBe_IsNotGiven()
    {
        await using var app = new GatewayApp(settings: ("MaxImageBytes", 2000));
        await ShowAsync(app, "a", await app.Store.PutAsync((byte[])[.. Samples.Jpeg, .. new byte[2000]], Stop));

        using var response = await GetAsync(app, "a");

        await Problems.AssertAsync(response, 404, "image-not-shown");
    }

    [Fact]
    public async Task Get_StoreFails_Is503()
    {
        await using var app = new GatewayApp();
        await ShowAsync(app, "a", "reference");
        app.Store.Failure = new IOException("unreachable");

        using var response = await GetAsync(app, "a");

        await Problems.AssertAsync(response, 503, "image-store-unavailable");
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    public async Task Get_UnknownImage_Is404(string imageId)
    {
        await using var app = new GatewayApp();

        using var response = await GetAsync(app, imageId);

        await Problems.AssertAsync(response, 404, "not-among-newest");
    }

    [Fact]
    public async Task Get_IdWithASlash_IsFoundByItsPath()
    {
        await using var app = new GatewayApp(port: 0);
        await ShowAsync(app, "rack/7#x", await app.Store.PutAsync(Samples.Png, Stop));

        using var response = await GetAsync(app, Uri.EscapeDataString("rack/7#x"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task ShowAsync(GatewayApp app, string imageId, string? reference)
    {
        using var client = app.CreateClient();
        app.Feed.Write(app.Feed.Record(Samples.Scored(imageId, app.Clock.GetUtcNow()) with { DataReference = reference }));
        await Eventually.HoldsAsync(() => app.Feed.Completed.Count == 1, "the feed is read");
    }

    private static async Task<HttpResponseMessage> GetAsync(GatewayApp app, string imageId)
    {
        using var client = app.CreateClient();
        return await client.GetAsync($"/v1/images/{imageId}", Stop);
    }
}
