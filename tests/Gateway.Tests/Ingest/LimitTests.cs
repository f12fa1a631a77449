using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MoodStream.Gateway.Ingest;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit;

namespace MoodStream.GatewayTests.Ingest;

public sealed class LimitTests
{
    private const int Limit = 200_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_ExactlyTheLimit_IsTaken()
    {
        await using var app = new GatewayApp(port: 0, ("MaxImageBytes", Limit));

        using var response = await StreamInAsync(app, Limit, declareLength: false);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(0, app.Services.GetService(typeof(UploadMemory)) is UploadMemory memory ? memory.ReservedBytes : -1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_OneByteBeyondTheLimit_Is413(bool declareLength)
    {
        await using var app = new GatewayApp(port: 0, ("MaxImageBytes", Limit));

        using var response = await StreamInAsync(app, Limit + 1, declareLength);

        await Problems.AssertAsync(response, 413, "image-too-large");
        Assert.Equal(0, app.Store.Count);
    }

    [Fact]
    public async Task Post_EndlessBodyWithoutLength_IsRefusedAndTheLimitIsAllThatIsRead()
    {
        await using var app = new GatewayApp(port: 0, ("MaxImageBytes", Limit));
        app.StartServer();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.ClientOptions.BaseAddress.Port, Stop);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("POST /v1/sources/cam-1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), Stop);
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
        var answer = new byte[4096];
        var reading = stream.ReadAsync(answer, Stop).AsTask();
        var written = 0L;
        try
        {
            while (!reading.IsCompleted && written < 500L << 20)
            {
                await stream.WriteAsync(chunk, Stop);
                written += chunk.Length;
            }
        }
        catch (IOException)
        {
            // The server has closed: as good as an answer.
        }

        Assert.True(written < 100L << 20, $"the server took {written} bytes");
        Assert.StartsWith("HTTP/1.1 413", Encoding.ASCII.GetString(answer, 0, await reading));
    }

    [Fact]
    public async Task Post_80MegabytesDeclared_Is413WithoutReadingThem()
    {
        await using var app = new GatewayApp(port: 0);

        using var response = await StreamInAsync(app, 80_000_000, declareLength: true);

        await Problems.AssertAsync(response, 413, "image-too-large");
    }

    [Fact]
    public async Task Post_BodyEndsEarly_CountsAsIncompleteOrAbandoned()
    {
        await using var app = new GatewayApp(port: 0);
        app.StartServer();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, app.ClientOptions.BaseAddress.Port, Stop);
            await socket.GetStream().WriteAsync(
                "POST /v1/sources/cam-1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 1000\r\n\r\nabc"u8.ToArray(), Stop);
        }

        await Eventually.HoldsAsync(
            async () => await app.MetricAsync("""moodstream_gateway_images_total{outcome="incomplete-body"}""")
                + await app.MetricAsync("""moodstream_gateway_images_total{outcome="abandoned"}""") == 1,
            "the broken upload is counted");
        Assert.Empty(app.Producer.Written);
    }

    [Fact]
    public async Task ReadAsync_UploadsHoldAllMemory_IsRefusedAndGivesBackWhatItHeld()
    {
        var memory = new UploadMemory(300_000);
        Assert.True(memory.TryReserve(250_000));

        var (upload, fault) = await UploadedBytes.ReadAsync(new MemoryStream(new byte[100_000]), Limit, memory, Stop);

        Assert.Null(upload);
        Assert.Equal(UploadFault.MemoryFull, fault);
        Assert.Equal(250_000, memory.ReservedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(Limit)]
    public async Task ReadAsync_AnyLength_GivesTheBytesAndReservesAtMostTwice(int length)
    {
        var memory = new UploadMemory(long.MaxValue);
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        var (upload, fault) = await UploadedBytes.ReadAsync(new MemoryStream(bytes), Limit, memory, Stop);

        Assert.Null(fault);
        Assert.True(upload!.Bytes.Span.SequenceEqual(bytes));
        Assert.InRange(memory.ReservedBytes, length, Math.Max(65_536, 2L * Math.Max(length, 65_536)));
        upload.Dispose();
        Assert.Equal(0, memory.ReservedBytes);
    }

    private static async Task<HttpResponseMessage> StreamInAsync(GatewayApp app, int length, bool declareLength)
    {
        using var client = app.CreateClient();
        using var body = new JpegOfLength(length, declareLength);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sources/cam-1/images") { Content = body };
        request.Headers.ExpectContinue = declareLength;
        return await client.SendAsync(request, Stop);
    }

    /// <summary>A body that begins as a JPEG, written in pieces, with or without a declared length.</summary>
    private sealed class JpegOfLength : HttpContent
    {
        private readonly int _length;
        private readonly bool _declared;

        public JpegOfLength(int length, bool declared)
        {
            (_length, _declared) = (length, declared);
            Headers.ContentType = new("image/jpeg");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = ArrayPool<byte>.Shared.Rent(50_000);
            Array.Clear(piece);
            Samples.Jpeg.CopyTo(piece, 0);
            for (var left = _length; left > 0; left -= Math.Min(left, 50_000))
            {
                await stream.WriteAsync(piece.AsMemory(0, Math.Min(left, 50_000)));
                piece.AsSpan(0, 3).Clear();
            }
            ArrayPool<byte>.Shared.Return(piece);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return _declared;
        }
    }
}
