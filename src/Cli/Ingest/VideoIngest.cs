using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace MoodStream.Cli.Ingest;

/// <summary>Where frames come from and as what source they are sent.</summary>
/// <param name="Source">Source id.</param>
/// <param name="Address">File, device or address.</param>
internal sealed record VideoSource(string Source, string Address)
{
    /// <summary>Whether it goes on for ever: a stream or a device, not a file.</summary>
    public bool Live => Address.Contains("://", StringComparison.Ordinal) || Address.StartsWith("/dev/", StringComparison.Ordinal);
}

/// <summary>When a live source is opened again, and when it is given up.</summary>
internal sealed record ReconnectSettings
{
    /// <summary>Wait before the first new try; it doubles.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time without a frame after which a source is given up.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Frames of a live source that may wait for the gateway; beyond them the oldest gives way to the newest.</summary>
    public int Waiting { get; init; } = 32;

    /// <summary>The wait before a try, after so many without a frame.</summary>
    public TimeSpan Pause(int failures) => new Backoff(FirstPause, LongestPause).Pause(failures);
}

/// <summary>Sends the frames of one video. A file is read at the gateway's pace; of a live source the newest frames win.</summary>
internal sealed class VideoIngest(FrameReader reader, ReconnectSettings settings, GatewayClient client, IngestTally tally, TimeProvider clock)
{
    /// <summary>Runs until the file has ended or the live source is given up.</summary>
    /// <returns>Whether it ended well.</returns>
    public async Task<bool> RunAsync(VideoSource video, CancellationToken cancellation)
    {
        if (video.Live) return await FollowAsync(video, cancellation);
        var (name, number) = (NameOf(video, FileStamp(video.Address)), 0);
        try
        {
            await foreach (var frame in reader.ReadAsync(video.Address, cancellation))
            {
                tally.Read();
                await SendAsync(new(video.Source, $"{name}-{number++}", frame), cancellation);
            }
            return true;
        }
        catch (FrameReadException e)
        {
            tally.Evicted(video.Source, e.Message);
            return false;
        }
    }

    private async Task<bool> FollowAsync(VideoSource video, CancellationToken cancellation)
    {
        var waiting = Channel.CreateBounded<OutgoingImage>(
            new BoundedChannelOptions(settings.Waiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => tally.Dropped());
        var sending = SendWaitingAsync(waiting.Reader, cancellation);
        try
        {
            return await ReadAgainAndAgainAsync(video, waiting.Writer, cancellation);
        }
        finally
        {
            waiting.Writer.Complete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (waiting.Reader.TryRead(out _)) tally.Dropped();
        }
    }

    private async Task<bool> ReadAgainAndAgainAsync(VideoSource video, ChannelWriter<OutgoingImage> waiting, CancellationToken cancellation)
    {
        var (last, failures, number) = (clock.GetTimestamp(), 0, 0L);
        var name = NameOf(video, clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        while (true)
        {
            var reason = "the stream has ended";
            try
            {
                await foreach (var frame in reader.ReadAsync(video.Address, cancellation))
                {
                    (last, failures) = (clock.GetTimestamp(), 0);
                    tally.Read();
                    waiting.TryWrite(new(video.Source, $"{name}-{number++}", frame));       // always fits: the oldest gives way
                }
            }
            catch (FrameReadException e)
            {
                reason = e.Message;
            }
            var pause = settings.Pause(failures++);
            if (clock.GetElapsedTime(last) + pause > settings.GiveUpAfter)
            {
                tally.Evicted(video.Source, reason);
                return false;
            }
            tally.Reconnects(video.Source, reason, pause);
            await Task.Delay(pause, clock, cancellation);
        }
    }

    private async Task SendWaitingAsync(ChannelReader<OutgoingImage> waiting, CancellationToken cancellation)
    {
        await foreach (var frame in waiting.ReadAllAsync(cancellation)) await SendAsync(frame, cancellation);
    }

    private async Task SendAsync(OutgoingImage frame, CancellationToken cancellation)
    {
        try
        {
            tally.Sent($"{frame.Source} frame {frame.ImageId}", await client.SendAsync(frame, cancellation));
        }
        catch (OperationCanceledException)
        {
            tally.Dropped();
            throw;
        }
    }

    /// <summary>First half of the image ids: a file read again gives the same ids, a live source new ones after every start.</summary>
    private static string NameOf(VideoSource video, string stamp) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{video.Source}\n{video.Address}\n{stamp}")))[..24];

    private static string FileStamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}") : "";
    }
}
