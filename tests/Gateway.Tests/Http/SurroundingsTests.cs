using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using MoodStream.Gateway;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Hosting;

namespace MoodStream.GatewayTests.Http;

public sealed class SurroundingsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/assets/app.js")]
    [InlineData("/v1/live/results")]
    [InlineData("/v1/live/results?limit=x")]
    [InlineData("/v1/images/unknown")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health/live")]
    [InlineData("/nowhere")]
    public async Task Get_AnyPath_CarriesTheSecurityHeaders(string path)
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();

        using var response = await client.GetAsync(path, Stop);

        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("unsafe", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Get_UnforeseenFailure_IsAProblemWithTheSecurityHeaders()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        app.Producer.Acknowledgements = new SemaphoreSlim(0);
        app.Producer.Acknowledgements.Dispose();

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("SemaphoreSlim", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Requests_AreTimedByRouteAndStatus()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();

        using var ok = await client.GetAsync("/v1/live/results", Stop);
        using var unknown = await client.GetAsync("/some/random/path", Stop);

        Assert.Equal(1, await app.MetricAsync("""moodstream_gateway_request_duration_seconds_count{route="/v1/live/results",status="2xx"}"""));
        Assert.Equal(1, await app.MetricAsync("""moodstream_gateway_request_duration_seconds_count{route="none",status="4xx"}"""));
    }

    [Fact]
    public async Task SettingProblems_SeveralBadSettings_AreAllToldAtOnce()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(
            new[] { ("Url", "ftp://x"), ("MaxImageBytes", "5"), ("LiveResults", "0"), ("RetryAfter", "soon"), ("Typo", "1") }
                .Select(s => KeyValuePair.Create($"MoodStream:Gateway:{s.Item1}", (string?)s.Item2)));
        builder.AddGateway();
        await using var app = builder.Build();

        var failures = app.SettingProblems();

        foreach (var setting in new[] { "Url", "MaxImageBytes", "LiveResults", "RetryAfter", "Typo" })
            Assert.Contains(failures, failure => failure.Contains($"MoodStream:Gateway:{setting}", StringComparison.Ordinal));
    }
}
