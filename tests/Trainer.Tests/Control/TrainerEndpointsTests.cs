using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit.Embedded;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Control;
using MoodStream.Trainer.Drift;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Registry;
using MoodStream.Trainer.Settings;
using MoodStream.TrainerTests.Fakes;
using Prometheus;

namespace MoodStream.TrainerTests.Control;

/// <summary>The requests that a trainer takes by HTTP, over a real connection.</summary>
public sealed class TrainerEndpointsTests : IAsyncLifetime
{
    private const string Drift = $"/v1/gates/{Teaching.Gate}/drift";
    private readonly EmbeddedRedisFixture _redis = new();
    private readonly Stores _stores;
    private readonly DriftWatch _watch = new(new DriftWatchSettings(), new DriftMetrics(Metrics.NewCustomRegistry()));
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    public TrainerEndpointsTests() => _stores = new(_redis.Settings, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drift_EpisodeThatGoesOn_IsListedAndAnsweredOnceForAll()
    {
        var episodes = new DriftEpisodes(_stores.Connection);
        var began = DriftEpisode.Of(new SourceDrift(Teaching.Gate, "belt-1", 1, new("psi", 0.5, 0.25, 900)), "trainer-1", Teaching.At);
        await episodes.BeginAsync(Teaching.Gate, began, Token);
        await StartAsync();

        var listed = await GetAsync(Drift);
        Assert.Equal(("belt-1", "drifting", "psi"), (Text(listed[0], "source"), Text(listed[0], "state"), Text(listed[0], "test")));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(Drift, """{"source":"belt-1","decision":"accept","reason":"new lamp","by":"ada"}"""));
        Assert.Equal("accepted", Text((await GetAsync(Drift))[0], "state"));
        Assert.Equal("ada", Assert.Single(await new RefitStore(_stores.Connection).RequestsAsync(Teaching.Gate, Token)).By);
        Assert.Equal("belt-1", Assert.Single(await new RecallStore(_stores.Connection).ReadAsync(Teaching.Gate, Token)).Source);
    }

    [Theory]
    [InlineData("""{"source":"belt-1","decision":"perhaps","reason":"r","by":"ada"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"source":"belt-1","decision":"keep","reason":" ","by":"ada"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"decision":"keep","reason":"r","by":"ada"}""", HttpStatusCode.BadRequest)]
    [InlineData("no json", HttpStatusCode.BadRequest)]
    [InlineData("""{"source":"nobody","decision":"keep","reason":"r","by":"ada"}""", HttpStatusCode.NotFound)]
    public async Task Drift_DecisionThatCannotBeCarriedOut_SaysWhy(string body, HttpStatusCode expected)
    {
        await StartAsync();
        Assert.Equal(expected, await PostAsync(Drift, body));
    }

    [Fact]
    public async Task Drift_BodyThatIsNotJsonByItsMediaType_IsRefused()
    {
        await StartAsync();
        using var content = new StringContent("""{"source":"belt-1","decision":"keep","reason":"r","by":"ada"}""", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.PostAsync(Drift, content, Token)).StatusCode);
    }

    [Fact]
    public async Task Requests_WithAControlKey_WantItAsABearerToken()
    {
        await StartAsync("secret");
        var body = """{"reason":"r","by":"ada"}""";
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync($"/v1/gates/{Teaching.Gate}/refits", body));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(Drift, Token)).StatusCode);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync($"/v1/gates/{Teaching.Gate}/refits", body));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("/v1/gates/other/refits", body));
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/v1/gates/other/drift", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"/v1/gates/{Teaching.Gate}/refits/latest", Token)).StatusCode);
    }

    public async ValueTask InitializeAsync()
    {
        using var statistics = Teaching.Statistics();
        await _stores.Statistics.PublishAsync(Teaching.Gate, statistics.ToBytes(), VersionHeader.Of(statistics, "ada", "test"), Token);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        await _stores.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private async Task StartAsync(string? key = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new TrainerSettings { ControlKey = key });
        builder.Services.AddSingleton(_stores.Connection);
        builder.Services.AddSingleton<IStatisticsStore>(_stores.Statistics);
        builder.Services.AddSingleton(_watch);
        builder.Services.AddSingleton<RefitRequests>();
        builder.Services.AddSingleton<RefitStore>();
        builder.Services.AddSingleton<RecallStore>();
        builder.Services.AddSingleton<DriftEpisodes>();
        builder.Services.AddSingleton<DriftMemory>();
        _app = builder.Build();
        _app.MapControl();
        await _app.StartAsync(Token);
        _client.BaseAddress = new Uri(_app.Urls.Single());
    }

    private async Task<HttpStatusCode> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(path, content, Token);
        return response.StatusCode;
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return document.RootElement.Clone();
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
