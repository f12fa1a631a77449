using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests;

/// <summary>The gateway inside another host, on the embedded Kafka and Redis and a real image store.</summary>
public sealed class WholeTests(EmbeddedKafkaFixture embedded, EmbeddedRedisFixture redis)
    : IClassFixture<EmbeddedKafkaFixture>, IClassFixture<EmbeddedRedisFixture>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("moodstream-gateway-").FullName;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["MoodStream:Kafka:BootstrapServers"] = embedded.Kafka.BootstrapServers,
            ["MoodStream:Redis:Address"] = redis.Redis.Address,
            ["MoodStream:Images:Root"] = _folder,
            ["MoodStream:Gateway:Url"] = "http://127.0.0.1:0",
            ["MoodStream:Gateway:InlineLimitBytes"] = "100",
            ["MoodStream:Gateway:LiveStart"] = "Earliest",
        });
        builder.AddGateway();
        _app = builder.Build();
        _app.MapGateway();
        await _app.StartAsync(Stop);
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        await Eventually.HoldsAsync(async () => (await RatesAsync()).GetProperty("accepting").GetBoolean(), "the lag is measured");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Image_InlineAndClaimChecked_IsShownOnceItsResultIsThere()
    {
        byte[] large = [.. Samples.Jpeg, .. new byte[1000]];
        var inline = await PutInAsync("inline", Samples.Png, "image/png");
        var claimed = await PutInAsync("claimed", large, "image/jpeg");
        using var early = await _client.GetAsync("/v1/images/inline", Stop);
        Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
        Assert.False(inline.TryGetProperty("dataReference", out _));

        await JudgeAsync("inline", InputOf("inline").Position.ToString(), reference: null);
        await JudgeAsync("claimed", InputOf("claimed").Position.ToString(), claimed.GetProperty("dataReference").GetString());

        Assert.Equal(Samples.Png, await ShownAsync("inline"));
        Assert.Equal(large, await ShownAsync("claimed"));
    }

    [Fact]
    public async Task Image_RecordIsNoLongerKept_Is404()
    {
        await JudgeAsync("gone", $"{Topics.Images}-1-123456", reference: null);
        await Eventually.HoldsAsync(async () => await StatusAsync("/v1/live/results/gone") == HttpStatusCode.OK, "the result is shown");

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/v1/images/gone"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/v1/live/results/gone"));
    }

    [Fact]
    public async Task Health_AndMetrics_AreThere()
    {
        await Eventually.HoldsAsync(async () => await StatusAsync("/health/ready") == HttpStatusCode.OK, "the gateway is ready");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health/startup"));
        Assert.Contains("moodstream_gateway_images_total", await _client.GetStringAsync("/metrics", Stop));
    }

    private async Task<JsonElement> PutInAsync(string imageId, byte[] bytes, string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sources/cam-1/images") { Content = Samples.Body(bytes, mediaType) };
        request.Headers.Add("Idempotency-Key", imageId);
        using var response = await _client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    // What a scorer would answer.
    private async Task JudgeAsync(string imageId, string position, string? reference)
    {
        var scored = Samples.Scored(imageId, TimeProvider.System.GetUtcNow()) with { Position = position, DataReference = reference };
        await _app.Services.GetRequiredService<IRecordProducer>().WriteAsync(
            new(Topics.Accepted, "cam-1"u8.ToArray(), JsonSerializer.SerializeToUtf8Bytes(scored, WireJson.Default.ImageScored), []), Stop);
    }

    private ReceivedRecord InputOf(string imageId)
    {
        using var reader = embedded.Reader(Topics.Images, Topics.All.Single(topic => topic.Name == Topics.Images).Partitions);
        while (reader.Consume(TimeSpan.FromSeconds(30)) is { } result)
        {
            var headers = result.Message.Headers.Select(h => KeyValuePair.Create(h.Key, (byte[]?)h.GetValueBytes())).ToList();
            var record = new ReceivedRecord(
                new(result.Topic, result.Partition.Value, result.Offset.Value), result.Message.Key, result.Message.Value, headers,
                new DateTimeOffset(result.Message.Timestamp.UtcDateTime));
            if (record.Header(RecordHeaders.Id) != imageId) continue;
            Assert.Equal("cam-1", Encoding.UTF8.GetString(record.Key!));
            return record;
        }

        throw new InvalidOperationException($"There is no record of {imageId}.");
    }

    private async Task<byte[]> ShownAsync(string imageId)
    {
        await Eventually.HoldsAsync(async () => await StatusAsync($"/v1/images/{imageId}") == HttpStatusCode.OK, $"{imageId} is shown");
        return await _client.GetByteArrayAsync($"/v1/images/{imageId}", Stop);
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _client.GetAsync(path, Stop);
        return response.StatusCode;
    }

    private Task<JsonElement> RatesAsync() => _client.GetFromJsonAsync<JsonElement>("/v1/live/rates", Stop);
}
