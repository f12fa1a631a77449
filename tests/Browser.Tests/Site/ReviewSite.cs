using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

[assembly: AssemblyFixture(typeof(MoodStream.BrowserTests.Site.ReviewSite))]

namespace MoodStream.BrowserTests.Site;

/// <summary>A gateway on an embedded Kafka and Redis, with people, and gates that images were judged by; one for all tests.</summary>
public sealed class ReviewSite : IAsyncLifetime
{
    /// <summary>Threshold of every gate, and the score of every image that goes to review is a number above it.</summary>
    public const double Threshold = 400;

    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly EmbeddedRedisFixture _redis = new();
    private readonly string _images = Directory.CreateTempSubdirectory("moodstream-browser-").FullName;
    private readonly HttpClient _http = new();
    private RunningGateway? _gateway;

    internal RunningGateway Gateway => _gateway!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _gateway = await RunningGateway.StartAsync(
    [
        .. Surroundings,
        .. RunningGateway.Person("ann", "Reviewer"), .. RunningGateway.Person("ben", "Reviewer"), .. RunningGateway.Person("sue", "Senior"),
        .. RunningGateway.Person("opa", "Operator"),
    ]);

    /// <summary>Starts another gateway on the same Kafka and Redis, as a first start without any key: with an administrator.</summary>
    internal Task<RunningGateway> StartFirstRunAsync() => RunningGateway.StartAsync(Surroundings);

    /// <summary>Puts images on the review topic and waits until each has its case.</summary>
    /// <param name="gate">A gate of the caller's own.</param>
    /// <param name="images">What the scorer would say of each.</param>
    internal async Task OpenAsync(string gate, IEnumerable<JudgedImage> images)
    {
        var count = 0;
        foreach (var image in images)
        {
            await WriteAsync(gate, image);
            if (image.Verdict == Verdict.Review) count++;
        }
        await Eventually.HoldsAsync(async () => (await CasesAsync(gate, "open")).Count == count, $"{count} cases of {gate} are open");
    }

    /// <summary>Gives a gate an active version, with scores of the images that its threshold was taken from.</summary>
    internal async Task<long> PublishAsync(string gate, StatisticsVersion header, bool activate = true)
    {
        var store = Gateway.Services.GetRequiredService<IStatisticsStore>();
        var chance = new Random(7);
        double[] scores = [.. Enumerable.Range(0, 640).Select(_ => 150 + 90 * Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble()))).Order()];
        var version = await store.PublishAsync(gate, StatisticsFile.Of(Threshold, scores), header, Stop);
        if (activate) await store.ActivateAsync(gate, version, "trainer", Stop);
        return version;
    }

    /// <summary>Cases of a gate as the API lists them.</summary>
    internal async Task<IReadOnlyList<JsonElement>> CasesAsync(string gate, string state)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(Gateway.Address, $"/v1/review/{gate}/cases?state={state}&limit=200"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RunningGateway.KeyOf("sue"));
        using var response = await _http.SendAsync(request, Stop);
        response.EnsureSuccessStatusCode();
        var page = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return [.. page.GetProperty("cases").EnumerateArray()];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        await _kafka.DisposeAsync();
        await _redis.DisposeAsync();
        Directory.Delete(_images, recursive: true);
    }

    private IEnumerable<(string Key, string Value)> Surroundings =>
    [
        ("MoodStream:Kafka:BootstrapServers", _kafka.Kafka.BootstrapServers), ("MoodStream:Kafka:Profile", "Embedded"),
        ("MoodStream:Redis:Address", _redis.Redis.Address), ("MoodStream:Images:Root", _images), ("MoodStream:Images:ReserveBytes", "0"),
        ("MoodStream:Audit:Share", "0"), ("MoodStream:Review:RequestsPerSecond", "10000"),
    ];

    private async Task WriteAsync(string gate, JudgedImage image)
    {
        var (images, producer) = (Gateway.Services.GetRequiredService<IImageStore>(), Gateway.Services.GetRequiredService<IRecordProducer>());
        var scored = image.ToScored(gate) with
        {
            DataReference = await images.PutAsync(image.Encoded, Stop),
            HeatMapReference = image.HeatMap is { } map ? await images.PutAsync(map, Stop) : null,
        };
        var topic = scored.Verdict == Verdict.Accept ? Topics.Accepted : Topics.Review;
        await producer.WriteAsync(
            new(topic, Encoding.UTF8.GetBytes(scored.Source), JsonSerializer.SerializeToUtf8Bytes(scored, WireJson.Default.ImageScored), []), Stop);
    }

    /// <summary>A number in a name, so that names sort as numbers do.</summary>
    internal static string Number(int number) => number.ToString("D3", CultureInfo.InvariantCulture);
}
