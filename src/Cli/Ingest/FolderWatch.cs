using System.Globalization;

namespace MoodStream.Cli.Ingest;

/// <summary>Watches a folder that something else writes images into, and sends each once it is whole.</summary>
/// <remarks>
/// Looks again and again rather than being told: notifications get lost on network shares, and when many files come at once. A file is
/// whole when two looks in a row find the same size and time. What was sent is remembered as long as the file lies there; a file that
/// was written anew is a new image.
/// </remarks>
internal sealed class FolderWatch(string root, FileInfo? stateFile, FileSender sender, TimeProvider clock)
{
    private Dictionary<string, ImageFile> _last = [];

    /// <summary>Watches until cancelled.</summary>
    /// <param name="interval">Time between two looks.</param>
    /// <param name="atOnce">Files on their way at the same time.</param>
    /// <param name="cancellation">Stops in order.</param>
    public async Task RunAsync(TimeSpan interval, int atOnce, CancellationToken cancellation)
    {
        var done = new Dictionary<string, string>(IngestState.Read(stateFile, Path.GetFullPath(root)).Done);
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                await LookAsync(done, atOnce, cancellation);
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        finally
        {
            Write(done);
        }
    }

    /// <summary>Looks once: sends what has not changed since the last look and is not done.</summary>
    internal async Task LookAsync(Dictionary<string, string> done, int atOnce, CancellationToken cancellation)
    {
        var now = TreeWalk.Files(root).Select(p => ImageFile.Look(root, p)).OfType<ImageFile>().ToDictionary(f => f.Path);
        var whole = now.Values.Where(f => _last.TryGetValue(f.Path, out var before) && before == f && done.GetValueOrDefault(f.Path) != Stamp(f));
        var paths = whole.Select(f => f.Path).Order(StringComparer.Ordinal).ToList();
        var gone = done.Keys.Where(p => !now.ContainsKey(p)).ToList();
        foreach (var path in gone) done.Remove(path);
        _last = now;
        try
        {
            await sender.SendAllAsync(paths, atOnce, path => done[path] = Stamp(now[path]), cancellation);
        }
        finally
        {
            if (paths.Count + gone.Count > 0) Write(done);
        }
    }

    private void Write(Dictionary<string, string> done) =>
        new IngestState { Origin = Path.GetFullPath(root), Done = done }.Write(stateFile);

    private static string Stamp(ImageFile file) => string.Create(CultureInfo.InvariantCulture, $"{file.SizeBytes} {file.Changed:O}");
}
