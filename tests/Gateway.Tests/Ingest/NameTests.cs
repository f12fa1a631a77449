using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using MoodStream.Contracts;
using MoodStream.Gateway.Ingest;
using MoodStream.GatewayTests.Fakes;

namespace MoodStream.GatewayTests.Ingest;

public sealed class NameTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("..%2f..%2fetc")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%2e%2e%2fetc")]
    [InlineData("%2e%2e")]
    [InlineData(".hidden")]
    [InlineData("-flag")]
    [InlineData("a..b")]
    [InlineData("a%00b")]
    [InlineData("a%0d%0aX-Evil:%201")]
    [InlineData("a%20b")]
    [InlineData("caf%C3%A9")]
    [InlineData("a%0a")]
    [InlineData("%252e%252e%252f")]
    public async Task Post_HostileSource_Is400Or404AndTakesNothing(string source)
    {
        await using var app = new GatewayApp(port: 0);
        app.StartServer();

        // A raw socket, because clients tidy paths up before they send them.
        var status = await StatusOfAsync(app, source);

        Assert.Contains(status, new[] { 400, 404, 405 });
        Assert.Empty(app.Producer.Written);
    }

    [Fact]
    public void IsValid_AnyText_OnlyPlainIdsPass() => Gen.String.Sample(text =>
    {
        var plain = text.Length is >= 1 and <= 128
            && char.IsAsciiLetterOrDigit(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            && !text.Contains("..", StringComparison.Ordinal);
        return SourceId.IsValid(text) == plain;
    }, seed: "0000KOIKqNC3");

    [Fact]
    public void IsValid_PlainId_WithOneForeignCharacter_NeverPasses()
    {
        const string plain = "abcXYZ019._-";
        var ids = Gen.Select(Gen.Char[plain].Array[0, 60], Gen.Char, Gen.Int[0, 60]);
        ids.Sample((letters, foreign, at) =>
        {
            var id = "a" + new string(letters);
            if (plain.Contains(foreign) || char.IsAsciiLetterOrDigit(foreign)) return true;
            return !SourceId.IsValid(id.Insert(Math.Min(at, id.Length), foreign.ToString()));
        }, seed: "0000KOIKqNC3");
    }

    [Fact]
    public void IsValid_128Characters_IsTheLongest()
    {
        Assert.True(SourceId.IsValid(new string('a', 128)));
        Assert.False(SourceId.IsValid(new string('a', 129)));
    }

    [Theory]
    [InlineData("Idempotency-Key", "shot-1", "shot-1")]
    [InlineData("Idempotency-Key", "\"shot-1\"", "shot-1")]
    [InlineData("ce-id", "urn:shot:1", "urn:shot:1")]
    public async Task Post_ClientsId_IsTheImageId(string header, string value, string imageId)
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add(header, value);

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(imageId, Assert.Single(app.Producer.Written).Text(RecordHeaders.Id));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("ünïcode")]
    [InlineData("\"")]
    public async Task Post_HostileImageId_Is400(string value)
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Idempotency-Key", value);

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        await Problems.AssertAsync(response, 400, "invalid-image-id");
    }

    [Fact]
    public async Task Post_TwoDifferentIds_Is400()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("Idempotency-Key", "one");
        client.DefaultRequestHeaders.Add("ce-id", "two");

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        await Problems.AssertAsync(response, 400, "invalid-image-id");
    }

    [Fact]
    public async Task Post_Subject_IsTheRecordsSubject()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("ce-subject", "lot 17/b");

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("lot 17/b", Assert.Single(app.Producer.Written).Text(RecordHeaders.Subject));
    }

    [Theory]
    [InlineData("a\tb")]
    [InlineData("ünïcode")]
    public async Task Post_HostileSubject_Is400(string value) => await RefusedSubjectAsync(value);

    [Fact]
    public async Task Post_SubjectOf129Characters_Is400() => await RefusedSubjectAsync(new string('a', 129));

    private static async Task RefusedSubjectAsync(string value)
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("ce-subject", value);

        using var response = await client.PostAsync("/v1/sources/cam-1/images", Samples.Body(Samples.Jpeg), Stop);

        await Problems.AssertAsync(response, 400, "invalid-subject");
        Assert.Empty(app.Producer.Written);
    }

    [Fact]
    public void Next_LaterTime_SortsAfter()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var ids = new TimeOrderedImageIds(clock);

        var first = ids.Next();
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var second = ids.Next();

        Assert.True(string.CompareOrdinal(first, second) < 0);
        Assert.True(ImageIdentity.IsValid(first));
    }

    private static async Task<int> StatusOfAsync(GatewayApp app, string source)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.ClientOptions.BaseAddress.Port, Stop);
        await using var stream = socket.GetStream();
        byte[] request =
        [
            .. Encoding.ASCII.GetBytes($"POST /v1/sources/{source}/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"),
            .. Encoding.ASCII.GetBytes($"Content-Length: {Samples.Jpeg.Length}\r\nConnection: close\r\n\r\n"), .. Samples.Jpeg,
        ];
        await stream.WriteAsync(request, Stop);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var line = await reader.ReadLineAsync(Stop);
        Assert.NotNull(line);
        return int.Parse(line.Split(' ')[1]);
    }
}
