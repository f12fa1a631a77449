using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Gateway.Http;

namespace MoodStream.GatewayTests.Http;

public sealed class OpenApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_EveryRouteUnderV1_IsListedWithSummaryAndStatuses()
    {
        await using var app = new GatewayApp();
        var document = await ReadAsync(app);
        var routes = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!).Where(path => path.StartsWith("/v1/", StringComparison.Ordinal)).ToList();

        Assert.Equal(6, routes.Count);
        Assert.Equal(routes.Order(), document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order());
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            foreach (var response in operation.Value.GetProperty("responses").EnumerateObject())
                Assert.NotEmpty(response.Value.GetProperty("description").GetString()!);
        }
    }

    [Fact]
    public async Task Document_Ingest_TellsBodiesHeadersAndEveryStatus()
    {
        await using var app = new GatewayApp();

        var post = (await ReadAsync(app)).GetProperty("paths").GetProperty("/v1/sources/{source}/images").GetProperty("post");

        Assert.Equal(
            ["202", "400", "403", "413", "415", "429", "503"],
            post.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order());
        Assert.Equal(
            ["application/octet-stream", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp", "multipart/form-data"],
            post.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(type => type.Name).Order());
        Assert.Equal(
            ["Idempotency-Key", "ce-id", "ce-subject", "source"],
            post.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.Contains("urn:moodstream:problem:ingress-busy",
            post.GetProperty("responses").GetProperty("429").GetProperty("description").GetString());
        Assert.True(post.GetProperty("responses").GetProperty("429").GetProperty("content").TryGetProperty("application/problem+json", out _));
    }

    [Fact]
    public async Task Document_EveryProblemType_IsNamed()
    {
        await using var app = new GatewayApp();

        var description = (await ReadAsync(app)).GetProperty("info").GetProperty("description").GetString()!;

        Assert.All(Enum.GetValues<ProblemKind>(), kind => Assert.Contains($"`urn:moodstream:problem:{kind.WireName()}`", description));
    }

    [Fact]
    public void ProblemKinds_Names_AreDistinctAndStatusesAreErrors()
    {
        var kinds = Enum.GetValues<ProblemKind>();

        Assert.Equal(kinds.Length, kinds.Select(kind => kind.WireName()).Distinct().Count());
        Assert.All(kinds, kind => Assert.InRange(kind.Status(), 400, 599));
        Assert.All(kinds, kind => Assert.EndsWith(".", kind.Title()));
    }

    private static async Task<JsonElement> ReadAsync(GatewayApp app)
    {
        using var client = app.CreateClient();
        return await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Stop);
    }
}
