using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;

namespace MoodStream.GatewayTests.Ingest;

public sealed class IngestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Jpeg_IsStoredWrittenAndAnswered202()
    {
        await using var app = new GatewayApp();

        using var response = await PutInAsync(app, Samples.Jpeg);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/v1/live/results/image-2", response.Headers.Location?.OriginalString);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal("image-2", answer.GetProperty("imageId").GetString());
        Assert.Equal("cam-1", answer.GetProperty("source").GetString());
        Assert.Equal("image/jpeg", answer.GetProperty("mediaType").GetString());
        Assert.Equal(Samples.Jpeg.Length, answer.GetProperty("sizeBytes").GetInt64());
        var record = Assert.Single(app.Producer.Written);
        Assert.Equal((Topics.Images, "cam-1"), (record.Topic, Encoding.UTF8.GetString(record.Key!)));
        Assert.Empty(record.Value!);
        Assert.Equal(answer.GetProperty("dataReference").GetString(), record.Text(RecordHeaders.DataReference));
        Assert.Equal(Samples.Jpeg, (await app.Store.ReadAsync(record.Text(RecordHeaders.DataReference)!, 1000, Stop)).Bytes);
        Assert.Equal(1, await app.MetricAsync("""moodstream_gateway_images_total{outcome="taken"}"""));
        Assert.Equal(Samples.Jpeg.Length, await app.MetricAsync("moodstream_gateway_image_bytes_total"));
    }

    [Fact]
    public async Task Post_Image_CarriesCloudEventsHeaders()
    {
        await using var app = new GatewayApp();

        using var response = await PutInAsync(app, Samples.Png, "application/octet-stream");

        var record = Assert.Single(app.Producer.Written);
        Assert.Equal("1.0", record.Text(RecordHeaders.SpecVersion));
        Assert.Equal("image-2", record.Text(RecordHeaders.Id));
        Assert.Equal("cam-1", record.Text(RecordHeaders.Source));
        Assert.Equal(EventTypes.ImageReceived, record.Text(RecordHeaders.Type));
        Assert.Equal("2026-03-14T15:09:26.0000000Z", record.Text(RecordHeaders.Time));
        Assert.Equal("image/png", record.Text(RecordHeaders.ContentType));
    }

    [Fact]
    public async Task Post_TraceParent_ContinuesTheTraceInTheRecord()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        var written = Assert.Single(app.Producer.Written).Text(RecordHeaders.TraceParent);
        Assert.True(ActivityContext.TryParse(written, null, out var context));
        Assert.Equal(trace, context.TraceId.ToHexString());
    }

    [Fact]
    public async Task Post_WithinInlineLimit_TravelsInsideTheRecord()
    {
        await using var app = new GatewayApp(settings: ("InlineLimitBytes", Samples.Jpeg.Length));

        using var within = await PutInAsync(app, Samples.Jpeg);
        using var beyond = await PutInAsync(app, [.. Samples.Jpeg, 0]);

        Assert.Equal(Samples.Jpeg, app.Producer.Written[0].Value);
        Assert.Null(app.Producer.Written[0].Text(RecordHeaders.DataReference));
        Assert.Empty(app.Producer.Written[1].Value!);
        Assert.NotNull(app.Producer.Written[1].Text(RecordHeaders.DataReference));
        Assert.Equal(1, app.Store.Count);
    }

    [Fact]
    public async Task Post_BrokerHasNotAcknowledged_IsNotAnswered()
    {
        await using var app = new GatewayApp();
        using var permits = app.Producer.Acknowledgements = new SemaphoreSlim(0);

        var pending = PutInAsync(app, Samples.Jpeg);
        await Eventually.HoldsAsync(() => app.Store.Count == 1, "the image is stored");
        Assert.False(pending.IsCompleted);
        permits.Release();

        using var response = await pending;
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("image/svg+xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("image/tiff")]
    [InlineData(null)]
    public async Task Post_OtherMediaType_Is415(string? mediaType)
    {
        await using var app = new GatewayApp();

        using var response = await PutInAsync(app, Samples.Jpeg, mediaType);

        await Problems.AssertAsync(response, 415, "unsupported-media-type");
        Assert.Contains("image/jpeg", response.Headers.GetValues("Accept-Post").Single());
        Assert.Empty(app.Producer.Written);
    }

    [Fact]
    public async Task Post_BytesAreNotWhatIsDeclared_Is415()
    {
        await using var app = new GatewayApp();

        using var mismatched = await PutInAsync(app, Samples.Png, "image/jpeg");
        using var text = await PutInAsync(app, "<svg onload='alert(1)'/>"u8.ToArray(), "image/png");
        using var unknown = await PutInAsync(app, new byte[100], "application/octet-stream");

        await Problems.AssertAsync(mismatched, 415, "unsupported-media-type");
        await Problems.AssertAsync(text, 415, "unsupported-media-type");
        await Problems.AssertAsync(unknown, 415, "unsupported-media-type");
        Assert.Equal(0, app.Store.Count);
    }

    [Fact]
    public async Task Post_CompressedBody_Is415()
    {
        await using var app = new GatewayApp();
        using var body = Samples.Body(Samples.Jpeg);
        body.Headers.ContentEncoding.Add("gzip");
        using var client = app.CreateClient();

        using var response = await client.PostAsync("/v1/sources/cam-1/images", body, Stop);

        await Problems.AssertAsync(response, 415, "unsupported-media-type");
    }

    [Fact]
    public async Task Post_NoBytes_Is400()
    {
        await using var app = new GatewayApp();

        using var response = await PutInAsync(app, []);

        await Problems.AssertAsync(response, 400, "empty-image");
    }

    [Fact]
    public async Task Post_GateIsBehind_Is429WithRetryAfterAndReadsNothing()
    {
        await using var app = new GatewayApp();
        app.Pressure.Refusal = "12,000 records wait";
        app.Pressure.RetryAfter = TimeSpan.FromMilliseconds(6400);

        using var response = await PutInAsync(app, Samples.Jpeg);

        await Problems.AssertAsync(response, 429, "ingress-busy");
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
        Assert.Equal(0, app.Store.Count);
    }

    [Fact]
    public async Task Post_SourceOverItsQuota_Is429ForThatSourceAlone()
    {
        await using var app = new GatewayApp(null, ("SourceRate", 0.001), ("SourceRates:cam-2", 0), ("SourceBurst", 2));

        Assert.Equal(HttpStatusCode.Accepted, (await PutInAsync(app, Samples.Jpeg)).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PutInAsync(app, Samples.Jpeg)).StatusCode);
        using var third = await PutInAsync(app, Samples.Jpeg);

        await Problems.AssertAsync(third, 429, "source-over-quota");
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1000));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.Accepted, (await PutInAsync(app, Samples.Jpeg, source: "cam-2")).StatusCode);
        Assert.Equal(7, app.Producer.Written.Count);
    }

    [Fact]
    public async Task Post_BrokerDoesNotTakeIt_Is503WithRetryAfter()
    {
        await using var app = new GatewayApp();
        app.Producer.Failure = new RecordNotWrittenException("timed out");

        using var response = await PutInAsync(app, Samples.Jpeg);

        await Problems.AssertAsync(response, 503, "broker-unavailable");
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal(1, await app.MetricAsync("""moodstream_gateway_images_total{outcome="broker-unavailable"}"""));
    }

    [Fact]
    public async Task Post_BrokerFindsItTooLarge_Is413()
    {
        await using var app = new GatewayApp(settings: ("InlineLimitBytes", 1000));
        app.Producer.Failure = new RecordNotWrittenException("too large") { TooLarge = true };

        using var response = await PutInAsync(app, Samples.Jpeg);

        await Problems.AssertAsync(response, 413, "image-too-large");
    }

    [Fact]
    public async Task Post_ImageStoreFails_Is503()
    {
        await using var app = new GatewayApp();
        app.Store.Failure = new IOException("disk full");

        using var response = await PutInAsync(app, Samples.Jpeg);

        await Problems.AssertAsync(response, 503, "image-store-unavailable");
        Assert.Empty(app.Producer.Written);
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task Post_FromAForeignWebPage_Is403(string site)
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        await Problems.AssertAsync(response, 403, "cross-site");
    }

    [Fact]
    public async Task Post_OtherMethodsAndPaths_AreProblems()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();

        using var method = await client.GetAsync("/v1/sources/cam-1/images", Stop);
        using var path = await client.GetAsync("/v1/nowhere", Stop);

        Assert.Equal((405, "application/problem+json"), ((int)method.StatusCode, method.Content.Headers.ContentType?.MediaType));
        Assert.Equal((404, "application/problem+json"), ((int)path.StatusCode, path.Content.Headers.ContentType?.MediaType));
    }

    private static async Task<HttpResponseMessage> PutInAsync(
        GatewayApp app, byte[] bytes, string? mediaType = "image/jpeg", string source = "cam-1")
    {
        using var client = app.CreateClient();
        return await client.PostAsync($"/v1/sources/{source}/images", Samples.Body(bytes, mediaType), Stop);
    }
}
