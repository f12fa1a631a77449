using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit;

namespace MoodStream.GatewayTests.Ingest;

public sealed class MultipartTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_GoodAndBadParts_AreAnsweredOneByOne()
    {
        await using var app = new GatewayApp(settings: ("MaxImageBytes", 2000));
        using var form = new MultipartFormDataContent
        {
            { Samples.Body(Samples.Jpeg), "image", "one.jpg" },
            { Samples.Body("plain text"u8.ToArray(), "text/plain"), "note" },
            { Samples.Body(Samples.Png, "image/png"), "image", "../../etc/passwd" },
            { Samples.Body([.. Samples.Jpeg, .. new byte[2000]]), "image", "big.jpg" },
            { Samples.Body([]), "image", "empty.jpg" },
            { Samples.Body(Samples.Gif, "image/png"), "image", "lie.png" },
        };

        var (status, answer) = await PutInAsync(app, form);

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal((2, 4), (answer.GetProperty("taken").GetInt32(), answer.GetProperty("refused").GetInt32()));
        Assert.Equal([202, 415, 202, 413, 400, 415], Parts(answer).Select(part => part.GetProperty("status").GetInt32()));
        Assert.Equal([0, 1, 2, 3, 4, 5], Parts(answer).Select(part => part.GetProperty("part").GetInt32()));
        Assert.Equal("../../etc/passwd", Parts(answer)[2].GetProperty("fileName").GetString());
        Assert.Equal("urn:moodstream:problem:image-too-large", Parts(answer)[3].GetProperty("problem").GetProperty("type").GetString());
        Assert.Equal(
            Parts(answer).Where(p => p.TryGetProperty("image", out _)).Select(p => p.GetProperty("image").GetProperty("imageId").GetString()),
            app.Producer.Written.Select(record => record.Text(RecordHeaders.Id)));
    }

    [Fact]
    public async Task Post_AllPartsBad_IsTheProblemOfTheFirstWithAllOfThem()
    {
        await using var app = new GatewayApp();
        using var form = new MultipartFormDataContent
        {
            { Samples.Body("text"u8.ToArray(), "text/plain"), "note" },
            { Samples.Body([]), "image", "empty.jpg" },
        };

        using var client = app.CreateClient();
        using var response = await client.PostAsync("/v1/sources/cam-1/images", form, Stop);

        var problem = await Problems.AssertAsync(response, 415, "unsupported-media-type");
        Assert.Equal([415, 400], Parts(problem).Select(part => part.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task Post_RequestId_NumbersTheParts()
    {
        await using var app = new GatewayApp();
        using var form = new MultipartFormDataContent { { Samples.Body(Samples.Jpeg), "a", "a.jpg" }, { Samples.Body(Samples.Png, "image/png"), "b", "b.png" } };
        var own = Samples.Body(Samples.Jpeg);
        own.Headers.Add("ce-id", "own-id");
        form.Add(own, "c", "c.jpg");
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("Idempotency-Key", "shot-7");

        using var response = await client.PostAsync("/v1/sources/cam-1/images", form, Stop);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(["shot-7.0", "shot-7.1", "own-id"], app.Producer.Written.Select(record => record.Text(RecordHeaders.Id)));
    }

    [Fact]
    public async Task Post_RequestSubject_IsThatOfPartsWithoutTheirOwn()
    {
        await using var app = new GatewayApp();
        var own = Samples.Body(Samples.Jpeg);
        own.Headers.Add("ce-subject", "lot 18");
        using var form = new MultipartFormDataContent { { Samples.Body(Samples.Jpeg), "a", "a.jpg" }, { own, "b", "b.jpg" } };
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("ce-subject", "lot 17");

        using var response = await client.PostAsync("/v1/sources/cam-1/images", form, Stop);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(["lot 17", "lot 18"], app.Producer.Written.Select(record => record.Text(RecordHeaders.Subject)));
    }

    [Fact]
    public async Task Post_TooManyParts_TakesTheFirstAndSaysWhereItStopped()
    {
        await using var app = new GatewayApp(settings: ("MaxPartsPerRequest", 2));
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 4; i++) form.Add(Samples.Body(Samples.Jpeg), "image", $"{i}.jpg");

        var (status, answer) = await PutInAsync(app, form);

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal([202, 202, 400], Parts(answer).Select(part => part.GetProperty("status").GetInt32()));
        Assert.Equal(2, app.Producer.Written.Count);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Post_BrokenMultipart_Is400(string contentType)
    {
        await using var app = new GatewayApp();
        using var body = new ByteArrayContent("--y\r\nContent-Type: image/jpeg\r\n\r\nabc"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var client = app.CreateClient();

        using var response = await client.PostAsync("/v1/sources/cam-1/images", body, Stop);

        await Problems.AssertAsync(response, 400, "invalid-multipart");
    }

    [Fact]
    public async Task Post_MultipartCutOff_KeepsWhatWasWhole()
    {
        await using var app = new GatewayApp();
        byte[] cut = [.. Encoding.ASCII.GetBytes("--x\r\nContent-Type: image/jpeg\r\n\r\n"), .. Samples.Jpeg, .. "\r\n--x\r\nContent-Type: image/jpeg\r\n\r\n"u8, .. Samples.Jpeg];
        using var body = new ByteArrayContent(cut);
        body.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        using var client = app.CreateClient();

        using var response = await client.PostAsync("/v1/sources/cam-1/images", body, Stop);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal([202, 400], Parts(answer).Select(part => part.GetProperty("status").GetInt32()));
        Assert.Single(app.Producer.Written);
    }

    [Fact]
    public async Task Post_RequestBeyondItsLimit_KeepsWhatCameBefore()
    {
        await using var app = new GatewayApp(port: 0, ("MaxImageBytes", 100_000), ("MaxRequestBytes", 100_000));
        using var client = app.CreateClient();
        using var body = new PartThenTooMuch(() => app.Producer.Written.Count == 1);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sources/cam-1/images") { Content = body };

        using var response = await client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(202, Parts(answer)[0].GetProperty("status").GetInt32());
        Assert.Equal(413, Parts(answer)[^1].GetProperty("status").GetInt32());
    }

    private static List<JsonElement> Parts(JsonElement answer) => [.. answer.GetProperty("images").EnumerateArray()];

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PutInAsync(GatewayApp app, MultipartFormDataContent form)
    {
        using var client = app.CreateClient();
        using var response = await client.PostAsync("/v1/sources/cam-1/images", form, Stop);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    /// <summary>One whole part; once it is in, a part that takes the request beyond its limit.</summary>
    private sealed class PartThenTooMuch : HttpContent
    {
        private readonly Func<bool> _firstIsIn;

        public PartThenTooMuch(Func<bool> firstIsIn)
        {
            _firstIsIn = firstIsIn;
            Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            byte[] head = [.. "\r\n--x\r\nContent-Type: image/jpeg\r\n\r\n"u8];
            await stream.WriteAsync((byte[])[.. head[2..], .. Samples.Jpeg, .. head]);
            await stream.FlushAsync();
            await Eventually.HoldsAsync(_firstIsIn, "the first part is in");
            await stream.WriteAsync((byte[])[.. Samples.Jpeg, .. new byte[150_000]]);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
