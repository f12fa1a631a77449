using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Ingest;

/// <summary>A video could not be read, or not any further.</summary>
internal sealed class FrameReadException(string message) : Exception(message);

/// <summary>Which frames are taken, and how a source is opened.</summary>
internal sealed record FrameSettings
{
    /// <summary>Every so many frames one is taken.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Least change from the frame taken before, as ffmpeg's scene score in [0, 1]; null takes frames without motion too.</summary>
    public double? Motion { get; init; }

    /// <summary>Longest a source may be silent before it is opened again.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Reads frames of a video file, a camera or a stream through ffmpeg, as JPEG.</summary>
/// <remarks>ffmpeg is a child process: what it decodes is not trusted, and whatever happens to it happens to it alone.</remarks>
internal sealed class FrameReader(FrameSettings settings, TimeProvider clock)
{
    private const int KeptLines = 5;

    /// <summary>Frames in order, until the source ends.</summary>
    /// <param name="address">A file, a device such as /dev/video0, or an address such as rtsp://camera/stream.</param>
    /// <param name="cancellation">Ends ffmpeg.</param>
    /// <exception cref="FrameReadException">The source cannot be opened, broke off, or was silent for too long.</exception>
    /// <exception cref="CliException">ffmpeg is not installed.</exception>
    public async IAsyncEnumerable<byte[]> ReadAsync(string address, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ffmpeg = Start(address);
        var errors = new Queue<string>();
        var telling = TellAsync(ffmpeg.StandardError, errors);
        try
        {
            var splitter = new JpegSplitter();
            var chunk = new byte[1 << 16];
            while (await ReadSomeAsync(ffmpeg.StandardOutput.BaseStream, chunk, cancellation) is > 0 and var count)
            {
                Cut(splitter, chunk.AsSpan(0, count));
                while (Take(splitter) is { } frame) yield return frame;
            }
            await ffmpeg.WaitForExitAsync(cancellation);
            await telling;
            if (ffmpeg.ExitCode != 0) throw new FrameReadException(errors.Count == 0 ? $"ffmpeg ended with {ffmpeg.ExitCode}" : string.Join("; ", errors));
        }
        finally
        {
            if (!ffmpeg.HasExited) ffmpeg.Kill();
        }
    }

    /// <summary>What ffmpeg is started with.</summary>
    internal IReadOnlyList<string> Arguments(string address)
    {
        var rate = settings.Every == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"select=not(mod(n\\,{settings.Every})),");
        var motion = settings.Motion is { } least ? string.Create(CultureInfo.InvariantCulture, $"select=eq(n\\,0)+gt(scene\\,{least}),") : "";
        return
        [
            "-hide_banner", "-nostdin", "-loglevel", "error", .. Input(address), "-i", address,
            "-map", "0:v:0", "-vf", $"{rate}{motion}null", "-vsync", "vfr", "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "2", "-",
        ];
    }

    private string[] Input(string address)
    {
        // RTSP over TCP: lost packets of UDP would look like defects. The time is in microseconds.
        if (address.StartsWith("rtsp://", StringComparison.OrdinalIgnoreCase) || address.StartsWith("rtsps://", StringComparison.OrdinalIgnoreCase))
            return ["-rtsp_transport", "tcp", "-timeout", $"{(long)settings.Silence.TotalMicroseconds}"];
        return address.StartsWith("/dev/video", StringComparison.Ordinal) ? ["-f", "v4l2"] : [];
    }

    private Process Start(string address)
    {
        var start = new ProcessStartInfo("ffmpeg", Arguments(address))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"ffmpeg cannot be started: {e.Message}. Install it (Debian: apt-get install ffmpeg).");
        }
    }

    /// <summary>Reads; a source without motion may be silent as long as nothing moves, so that only ffmpeg's own time holds there.</summary>
    private async Task<int> ReadSomeAsync(Stream frames, byte[] chunk, CancellationToken cancellation)
    {
        using var silent = settings.Motion is null ? new CancellationTokenSource(settings.Silence, clock) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silent.Token);
        try
        {
            return await frames.ReadAsync(chunk, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new FrameReadException($"no frame for {settings.Silence.TotalSeconds:0.#} s");
        }
    }

    private static void Cut(JpegSplitter splitter, ReadOnlySpan<byte> bytes)
    {
        try
        {
            splitter.Add(bytes);
        }
        catch (InvalidDataException e)
        {
            throw new FrameReadException(e.Message);
        }
    }

    private static byte[]? Take(JpegSplitter splitter)
    {
        try
        {
            return splitter.Take();
        }
        catch (InvalidDataException e)
        {
            throw new FrameReadException(e.Message);
        }
    }

    private static async Task TellAsync(StreamReader errors, Queue<string> kept)
    {
        while (await errors.ReadLineAsync() is { } line)
        {
            if (line.Length == 0) continue;
            kept.Enqueue(line);
            if (kept.Count > KeptLines) kept.Dequeue();
        }
    }
}
