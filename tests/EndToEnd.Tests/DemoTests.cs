using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;

namespace MoodStream.EndToEndTests;

/// <summary>The whole gate as its users meet it: other clients put images in and read verdicts; bad input ends with a reason; Ctrl-C loses nothing.</summary>
public sealed class DemoTests(RunningDemo demo) : IClassFixture<RunningDemo>
{
    [Fact]
    public async Task Demo_ForeignClientsBadInputAndCtrlC_AllEndAsPromised()
    {
        await GoodAndBadInputEndsOnceWhereItShouldAsync();
        await TheGatewayAnswersAsPromisedAsync();
        await CtrlCLosesNothingAsync();
    }

    private async Task GoodAndBadInputEndsOnceWhereItShouldAsync()
    {
        var jpeg = DrawnPhotographs.Jpeg();
        var dead = new Dictionary<string, (byte[] Value, string Reason)>
        {
            ["text"] = (Encoding.UTF8.GetBytes("this is not an image"), "unsupported-format"),
            ["bomb"] = (DrawnPhotographs.Bomb(), "too-many-pixels"),
            ["zero-size"] = (DrawnPhotographs.ZeroSize(), "zero-size"),
            ["torn"] = (jpeg[..(jpeg.Length / 2)], "truncated"),
        };
        foreach (var (key, (value, _)) in dead) await demo.PutAsync(key, value);
        await demo.PutAsync("escape", [], (RecordHeaders.DataReference, "../../../../etc/passwd"));
        await demo.PutAsync("nothing", []);
        string[] alive = ["photo", "one-pixel", "lie", "long-header"];
        await demo.PutAsync("photo", jpeg);
        await demo.PutAsync("one-pixel", DrawnPhotographs.Png(1, 1));
        await demo.PutAsync("lie", jpeg, (RecordHeaders.ContentType, "text/plain"));
        await demo.PutAsync("long-header", jpeg, ("note", new string('x', 60_000)));
        await demo.PutAsync(null, jpeg);

        var ends = await demo.EndsOfAsync([.. dead.Keys, "escape", "nothing", .. alive]);

        Assert.All(ends, e => Assert.Single(e));
        var reasons = ends.Where(e => e.Single().Topic == Topics.DeadLetters).ToDictionary(e => e.Key, e => ReasonOf(e.Single()));
        Assert.Equal(dead.ToDictionary(d => d.Key, d => d.Value.Reason).Append(new("escape", "claim-check-refused")).Append(new("nothing", "empty")).OrderBy(r => r.Key),
            reasons.OrderBy(r => r.Key));
        Assert.All(dead, d => Assert.Equal(d.Value.Value, ends[d.Key].Single().Message.Value));
        Assert.All(alive, key => Verify(key, ends[key].Single()));
    }

    private static void Verify(string key, Confluent.Kafka.ConsumeResult<byte[]?, byte[]?> record)
    {
        using var json = JsonDocument.Parse(record.Message.Value);
        Assert.All(["imageId", "source", "gate", "verdict", "score", "pValue", "threshold", "statisticsVersion", "modelHash", "preprocessingHash"],
            name => Assert.True(json.RootElement.TryGetProperty(name, out _), name));
        Assert.Equal(key, json.RootElement.GetProperty("source").GetString());
        Assert.Equal(record.Topic == Topics.Accepted ? "accept" : "review", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal(json.RootElement.GetProperty("score").GetDouble() <= json.RootElement.GetProperty("threshold").GetDouble(), record.Topic == Topics.Accepted);
    }

    private async Task TheGatewayAnswersAsPromisedAsync()
    {
        using var image = new ByteArrayContent(DrawnPhotographs.Jpeg()) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        using var taken = await demo.Http.PostAsync(new Uri("/v1/sources/cam-http/images", UriKind.Relative), image);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.Single((await demo.EndsOfAsync(["cam-http"]))["cam-http"]);

        using var text = new StringContent("hello");
        using var refused = await demo.Http.PostAsync(new Uri("/v1/sources/cam-http/images", UriKind.Relative), text);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType!.MediaType));
        foreach (var path in new[] { "/", "/health/live", "/health/ready", "/health/startup", "/openapi/v1.json", "/v1/live/results" })
            Assert.Equal(HttpStatusCode.OK, (await demo.Http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        Assert.Contains("moodstream_scorer_images_total", await demo.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    private async Task CtrlCLosesNothingAsync()
    {
        var (exit, summary, log) = await demo.InterruptAsync();
        using (summary)
        {
            Assert.True(exit == 0, log);
            Assert.Equal((0, 0), (summary.RootElement.GetProperty("lost").GetInt32(), summary.RootElement.GetProperty("duplicates").GetInt32()));
            Assert.True(summary.RootElement.GetProperty("images_in").GetInt32() > 0);
            Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
        }
    }

    private static string ReasonOf(Confluent.Kafka.ConsumeResult<byte[]?, byte[]?> record) =>
        Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(RecordHeaders.DeadLetterReason));
}
