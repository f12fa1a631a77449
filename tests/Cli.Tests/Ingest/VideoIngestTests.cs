using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoodStream.Cli.Ingest;
using MoodStream.TestKit;

namespace MoodStream.CliTests.Ingest;

/// <summary>Frames of real videos through the real ffmpeg; skipped where it is not installed.</summary>
public sealed class VideoIngestTests : IDisposable
{
    private const int Frames = 20;
    private readonly Folder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 20)]
    [InlineData(5, 4)]
    [InlineData(7, 3)]
    public async Task Read_EveryNthFrame_OfAFile(int every, int expected)
    {
        var video = await VideoAsync("mp4");
        var frames = new List<byte[]>();
        await foreach (var frame in new FrameReader(new() { Every = every }, TimeProvider.System).ReadAsync(video, Cancellation)) frames.Add(frame);

        Assert.Equal(expected, frames.Count);
        Assert.All(frames, f => Assert.Equal((0xFF, 0xD8, 0xFF, 0xD9), (f[0], f[1], f[^2], f[^1])));
    }

    [Fact]
    public async Task Read_OnlyMotion_LeavesOutAStillPicture()
    {
        var video = await VideoAsync("mp4", "color=red:size=64x48:rate=10");
        var frames = 0;
        await foreach (var _ in new FrameReader(new() { Motion = 0.003 }, TimeProvider.System).ReadAsync(video, Cancellation)) frames++;

        Assert.Equal(1, frames);
    }

    [Fact]
    public async Task Run_AFileTwice_SendsTheSameImagesUnderTheSameIds()
    {
        var video = new VideoSource("cam-1", await VideoAsync("mp4"));
        using var gateway = new FakeGateway();
        var tally = new IngestTally(TextWriter.Null);

        Assert.True(await Ingest(gateway, tally, new()).RunAsync(video, Cancellation));
        Assert.True(await Ingest(gateway, tally, new()).RunAsync(video, Cancellation));

        Assert.Equal((2 * Frames, 2 * Frames, 0), (tally.Result.Read, tally.Result.Taken, tally.Result.Dropped));
        Assert.Equal(Frames, gateway.Taken.Select(t => t.ImageId).Distinct().Count());
        Assert.All(gateway.Taken, t => Assert.Equal("/v1/sources/cam-1/images", t.Path));
    }

    [Fact]
    public async Task Run_NoSuchFile_IsGivenUpWithFfmpegsReason()
    {
        await RequireAsync();
        var tally = new IngestTally(TextWriter.Null);
        using var gateway = new FakeGateway();

        Assert.False(await Ingest(gateway, tally, new()).RunAsync(new("cam-1", "/nowhere/video.mp4"), Cancellation));
        Assert.Contains("No such file", tally.Result.Evicted["cam-1"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ALiveSourceThatBreaksOff_IsOpenedAgainAndGivenUpWhenItStaysAway()
    {
        var stream = await File.ReadAllBytesAsync(await VideoAsync("ts"), Cancellation);
        using var camera = new TcpListener(IPAddress.Loopback, 0);
        camera.Start();
        var serving = ServeTwiceAsync(camera, stream);
        var tally = new IngestTally(TextWriter.Null);
        using var gateway = new FakeGateway();
        var again = new ReconnectSettings { FirstPause = TimeSpan.FromMilliseconds(10), GiveUpAfter = TimeSpan.FromSeconds(5), Waiting = 1_000 };

        var well = await Ingest(gateway, tally, again).RunAsync(new("cam-1", $"tcp://127.0.0.1:{((IPEndPoint)camera.LocalEndpoint).Port}"), Cancellation);
        await serving;

        var result = tally.Result;
        Assert.False(well);
        Assert.Equal(2 * Frames, result.Read);
        Assert.Equal(result.Read, result.Taken + result.Refused + result.Dropped);
        Assert.InRange(result.Reconnects, 2, int.MaxValue);
        Assert.Equal(["cam-1"], result.Evicted.Keys);
        Assert.Equal(2 * Frames, gateway.Taken.Select(t => t.ImageId).Distinct().Count());
    }

    [Fact]
    public async Task Run_AGatewayThatIsBusy_TheNewestFramesOfALiveSourceWin()
    {
        var stream = await File.ReadAllBytesAsync(await VideoAsync("ts"), Cancellation);
        using var camera = new TcpListener(IPAddress.Loopback, 0);
        camera.Start();
        var serving = ServeTwiceAsync(camera, stream);
        var tally = new IngestTally(TextWriter.Null);
        using var gateway = new FakeGateway { Answer = _ => new(HttpStatusCode.TooManyRequests) };
        var again = new ReconnectSettings { FirstPause = TimeSpan.FromMilliseconds(10), GiveUpAfter = TimeSpan.FromSeconds(5), Waiting = 3 };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var running = Ingest(gateway, tally, again).RunAsync(new("cam-1", $"tcp://127.0.0.1:{((IPEndPoint)camera.LocalEndpoint).Port}"), stop.Token);
        await serving;
        await TestKit.Eventually.HoldsAsync(() => tally.Result.Read == 2 * Frames, "all frames are read");
        await stop.CancelAsync();
        await Task.WhenAny(running);

        Assert.Equal((2 * Frames, 0), (tally.Result.Dropped, tally.Result.Taken));
    }

    [Fact]
    public void Arguments_OfAnRtspStream_AskForTcpAndATimeout()
    {
        var arguments = new FrameReader(new() { Every = 5, Motion = 0.01, Silence = TimeSpan.FromSeconds(3) }, TimeProvider.System).Arguments("rtsp://camera/1");

        Assert.Contains("-rtsp_transport tcp -timeout 3000000 -i rtsp://camera/1", string.Join(' ', arguments), StringComparison.Ordinal);
        Assert.Contains(@"select=not(mod(n\,5)),select=eq(n\,0)+gt(scene\,0.01),null", arguments);
    }

    private static VideoIngest Ingest(FakeGateway gateway, IngestTally tally, ReconnectSettings again) =>
        new(new FrameReader(new(), TimeProvider.System), again, gateway.Client(), tally, TimeProvider.System);

    private static async Task ServeTwiceAsync(TcpListener camera, byte[] stream)
    {
        for (var i = 0; i < 2; i++)
        {
            using var client = await camera.AcceptTcpClientAsync(Cancellation);
            var frames = client.GetStream();
            await frames.WriteAsync(stream, Cancellation);
            client.Client.Shutdown(SocketShutdown.Send);
            while (await frames.ReadAsync(new byte[16], Cancellation) > 0) { }
        }
        camera.Stop();
    }

    private static Task RequireAsync() => FfmpegAsync("-version");

    private async Task<string> VideoAsync(string extension, string picture = "testsrc=size=64x48:rate=10")
    {
        var path = Path.Combine(_folder.Path, "video." + extension);
        await FfmpegAsync("-loglevel", "error", "-f", "lavfi", "-i", picture, "-frames:v", $"{Frames}", "-c:v", "mpeg2video", path);
        return path;
    }

    private static async Task FfmpegAsync(params string[] arguments)
    {
        if (!Programs.Has("ffmpeg")) Assert.Skip("ffmpeg is not installed");
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = ffmpeg.StandardError.ReadToEndAsync(Cancellation);
        await ffmpeg.StandardOutput.ReadToEndAsync(Cancellation);
        await ffmpeg.WaitForExitAsync(Cancellation);
        Assert.True(ffmpeg.ExitCode == 0, await errors);
    }
}
