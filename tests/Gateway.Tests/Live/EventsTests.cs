using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit;
using Prometheus;

namespace MoodStream.GatewayTests.Live;

public sealed class EventsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_ResultAfterHello_IsDelivered()
    {
        await using var app = new GatewayApp(port: 0);
        using var client = app.CreateClient();
        using var response = await client.GetAsync("/v1/live/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var events = await EventsOfAsync(response);

        Assert.Equal("hello", (await NextAsync(events)).EventType);
        app.Feed.Write(app.Feed.Record(Samples.Scored("a", app.Clock.GetUtcNow())));
        var delivered = await NextAsync(events);

        Assert.Equal("result", delivered.EventType);
        Assert.Equal("a", JsonDocument.Parse(delivered.Data).RootElement.GetProperty("imageId").GetString());
    }

    [Fact]
    public async Task Events_EverySecond_RatesAreDelivered()
    {
        await using var app = new GatewayApp(port: 0);
        using var client = app.CreateClient();
        using var response = await client.GetAsync("/v1/live/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var events = await EventsOfAsync(response);
        await NextAsync(events);

        app.Clock.Advance(TimeSpan.FromSeconds(1));
        var delivered = await NextAsync(events);

        Assert.Equal("rates", delivered.EventType);
        Assert.Equal(10, JsonDocument.Parse(delivered.Data).RootElement.GetProperty("series").GetArrayLength());
    }

    [Fact]
    public async Task Events_AsManyClientsAsMay_TheNextIs503UntilOneLeaves()
    {
        await using var app = new GatewayApp(port: 0, ("MaxEventClients", 1));
        using var client = app.CreateClient();
        var first = await client.GetAsync("/v1/live/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(1, await app.MetricAsync("moodstream_gateway_event_clients"));

        using var second = await client.GetAsync("/v1/live/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        await Problems.AssertAsync(second, 503, "too-many-event-clients");
        first.Dispose();

        await Eventually.HoldsAsync(async () => await app.MetricAsync("moodstream_gateway_event_clients") == 0, "the client has left");
    }

    [Fact]
    public async Task Events_HostStops_EndTheStream()
    {
        await using var app = new GatewayApp(port: 0);
        using var client = app.CreateClient();
        using var response = await client.GetAsync("/v1/live/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var events = await EventsOfAsync(response);
        await NextAsync(events);

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task ReadAsync_SlowClient_GetsTheNewestAndIsToldHowManyItMissed()
    {
        var metrics = new GatewayMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        var subscribers = new LiveSubscribers(new GatewaySettings { EventQueueLength = 3 }, metrics);
        using var subscription = subscribers.TryOpen()!;

        for (var i = 1; i <= 10; i++) subscribers.Publish(new SseItem<string>($"{i}", "result"));
        await using var events = subscription.ReadAsync(Stop).GetAsyncEnumerator(Stop);

        var delivered = new List<(string, string)>();
        for (var i = 0; i < 4 && await events.MoveNextAsync(); i++) delivered.Add((events.Current.EventType, events.Current.Data));
        Assert.Equal([("dropped", """{"count":7}"""), ("result", "8"), ("result", "9"), ("result", "10")], delivered);
        Assert.Equal(7, metrics.EventsDropped.Value);
    }

    private static async Task<IAsyncEnumerator<SseItem<string>>> EventsOfAsync(HttpResponseMessage response) =>
        SseParser.Create(await response.Content.ReadAsStreamAsync(Stop)).EnumerateAsync(Stop).GetAsyncEnumerator(Stop);

    private static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync());
        return events.Current;
    }
}
