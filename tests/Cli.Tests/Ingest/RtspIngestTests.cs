using System.Globalization;
using MoodStream.Cli.Ingest;
using MoodStream.TestKit;

namespace MoodStream.CliTests.Ingest;

/// <summary>An RTSP camera, served by GStreamer's own server, that dies and comes back.</summary>
public sealed class RtspIngestTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task Run_ACameraThatDiesAndComesBack_IsOpenedAgainAndTheCountsAddUp()
    {
        LoopbackServer.Require("ffmpeg", "Debian: ffmpeg");
        await RequireGStreamerAsync();
        var port = LoopbackPorts.Free();
        var tally = new IngestTally(TextWriter.Null);
        using var gateway = new FakeGateway();
        var again = new ReconnectSettings { FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(200) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reader = new FrameReader(new() { Silence = TimeSpan.FromSeconds(5) }, TimeProvider.System);
        Task<bool> running;

        using (await CameraAsync(port))
        {
            running = new VideoIngest(reader, again, gateway.Client(), tally, TimeProvider.System)
                .RunAsync(new("cam-1", string.Create(CultureInfo.InvariantCulture, $"rtsp://127.0.0.1:{port}/stream")), stop.Token);
            await Eventually.HoldsAsync(() => tally.Result.Taken >= 5, "frames arrive");
        }
        await Eventually.HoldsAsync(() => tally.Result.Reconnects >= 1, "the dead camera is tried again");
        var before = tally.Result.Taken;
        using (await CameraAsync(port))
        {
            await Eventually.HoldsAsync(() => tally.Result.Taken >= before + 5, "frames arrive again");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        var result = tally.Result;
        Assert.Equal(result.Read, result.Taken + result.Refused + result.Dropped);
        Assert.Equal((0, 0), (result.Refused, result.Evicted.Count));
        Assert.Equal(result.Taken, gateway.Taken.Select(t => t.ImageId).Distinct().Count());
        Assert.All(gateway.Taken, t => Assert.Equal((0xFF, 0xD8), (t.Bytes[0], t.Bytes[1])));
    }

    private static Task<LoopbackServer> CameraAsync(int port) => LoopbackServer.StartAsync(
        port, Python, Path.Combine(SharedFiles.Checkout, "tests", "Cli.Tests", "Ingest", "rtsp-server.py"), $"{port}");

    private static async Task RequireGStreamerAsync()
    {
        const string package = "Debian: python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good";
        LoopbackServer.Require("python3", package);
        try
        {
            await LoopbackServer.RunAsync(Python, "-c", "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer");
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Skip($"needs GStreamer's RTSP server ({package})");
        }
    }
}
