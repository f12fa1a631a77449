namespace MoodStream.Cli.Ingest;

/// <summary>Sends the files of one folder, several at a time.</summary>
/// <param name="root">The folder.</param>
/// <param name="source">Source id of all; null where each file's folder gives it.</param>
/// <param name="client">The gateway.</param>
/// <param name="tally">Counts.</param>
internal sealed class FileSender(string root, string? source, GatewayClient client, IngestTally tally)
{
    /// <summary>Sends a file; one that has gone meanwhile, or cannot be read, is told and left.</summary>
    public async Task SendAsync(ImageFile file, CancellationToken cancellation)
    {
        var id = source ?? ImageFile.SourceOf(root, file.Path);
        tally.Read();
        try
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(root, file.Path), cancellation);
            tally.Sent(file.Path, await client.SendAsync(new(id, file.ImageId(id), bytes), cancellation));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            tally.Sent(file.Path, $"cannot be read: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            tally.Dropped();
            throw;
        }
    }

    /// <summary>Sends files in order, several at a time, and tells each time the file up to which all are done.</summary>
    /// <param name="paths">Paths below the folder.</param>
    /// <param name="atOnce">How many are on their way at the same time.</param>
    /// <param name="done">Called in order, one at a time.</param>
    /// <param name="cancellation">Stops; what is on its way is not told as done.</param>
    public async Task SendAllAsync(IEnumerable<string> paths, int atOnce, Action<string> done, CancellationToken cancellation)
    {
        var sending = new Queue<(string Path, Task Done)>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            foreach (var path in paths)
            {
                cancellation.ThrowIfCancellationRequested();
                if (ImageFile.Look(root, path) is { } file) sending.Enqueue((path, SendAsync(file, stop.Token)));
                if (sending.Count >= atOnce) await FirstAsync();
            }
            while (sending.Count > 0) await FirstAsync();
        }
        finally
        {
            await stop.CancelAsync();
            while (sending.Count > 0)
            {
                var (_, left) = sending.Dequeue();
                await left.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        async Task FirstAsync()
        {
            var (path, sent) = sending.Dequeue();
            await sent;
            done(path);
        }
    }
}
