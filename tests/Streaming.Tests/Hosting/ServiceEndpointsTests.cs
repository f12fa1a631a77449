using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Hosting;

public sealed class ServiceEndpointsTests(EmbeddedKafkaFixture kafka, EmbeddedRedisFixture redis)
    : IClassFixture<EmbeddedKafkaFixture>, IClassFixture<EmbeddedRedisFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Health_AllIsWell_NamesEveryPart()
    {
        await using var app = await StartAsync(kafka.Kafka.BootstrapServers, redis.Redis.Address);
        await Eventually.HoldsAsync(
            async () => (await GetAsync(app, "/health/ready")).Status == HttpStatusCode.OK, "the topics have been looked at");
        var (_, body) = await GetAsync(app, "/health/ready");
        Assert.Equal("healthy", body.GetProperty("status").GetString());
        Assert.Equal(["consumers", "image-store", "kafka", "redis", "topics"], body.GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/health/live")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/health/startup")).Status);
    }

    [Fact]
    public async Task Health_NothingAnswers_NotReadyButLive()
    {
        await using var app = await StartAsync("127.0.0.1:1", "127.0.0.1:1");
        var (status, body) = await GetAsync(app, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("unhealthy", Part(body, "kafka").GetProperty("status").GetString());
        Assert.Contains("127.0.0.1:1", Part(body, "kafka").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("degraded", Part(body, "redis").GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/health/live")).Status);
    }

    [Fact]
    public async Task Health_ConsumerWithoutPartition_NotReadyUntilItHasOne()
    {
        await using var app = await StartAsync(kafka.Kafka.BootstrapServers, redis.Redis.Address);
        await using var consumer = app.Services.GetRequiredService<IRecordConsumerFactory>()
            .Create(new ConsumerSubscription { Group = "health", Topics = [Topics.Images] });
        var (status, body) = await GetAsync(app, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("group health: no partition assigned", Part(body, "consumers").GetProperty("reason").GetString());

        using var stop = new CancellationTokenSource();
        var running = consumer.RunAsync(stop.Token);
        await Eventually.HoldsAsync(async () => (await GetAsync(app, "/health/ready")).Status == HttpStatusCode.OK, "the consumer is assigned");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Metrics_AfterAWrite_HoldOnlyOurOwnAndTheProcess()
    {
        await using var app = await StartAsync(kafka.Kafka.BootstrapServers, redis.Redis.Address);
        await app.Services.GetRequiredService<IRecordProducer>().WriteAsync(new OutgoingRecord(Topics.Audit, null, [1], []), Cancellation);
        using var client = Client(app);
        var lines = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation)).Split('\n');
        Assert.Contains("moodstream_streaming_records_written_total{topic=\"moodstream.audit.v1\",outcome=\"acknowledged\"} 1", lines);
        var names = lines.Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('{', ' ')[0]);
        Assert.All(names, n => Assert.Matches("^(moodstream|process|dotnet)_", n));
    }

    private async Task<WebApplication> StartAsync(string kafkaServers, string redisAddress)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["MoodStream:Kafka:BootstrapServers"] = kafkaServers,
            ["MoodStream:Kafka:DrainTime"] = "00:00:00.200",
            ["MoodStream:Redis:Address"] = redisAddress,
            ["MoodStream:Redis:ConnectTimeout"] = "00:00:00.300",
            ["MoodStream:Redis:OperationTimeout"] = "00:00:00.300",
            ["MoodStream:Images:Root"] = _folder.Path,
        });
        builder.AddStreaming();
        var app = builder.Build();
        app.MapServiceEndpoints();
        await app.StartAsync(Cancellation);
        return app;
    }

    private static HttpClient Client(WebApplication app) =>
        new() { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(WebApplication app, string path)
    {
        using var client = Client(app);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return (answer.StatusCode, body.RootElement.Clone());
    }

    private static JsonElement Part(JsonElement body, string name) =>
        body.GetProperty("parts").EnumerateArray().Single(p => p.GetProperty("name").GetString() == name);
}
