namespace MoodStream.Cli.Ingest;

/// <summary>Sends every image of a folder tree once, and goes on where it stopped.</summary>
internal sealed class TreeIngest(string root, FileInfo? stateFile, FileSender sender)
{
    /// <summary>Done files between two writes of the state; after a crash so many, and those on their way, are sent again.</summary>
    private const int StateInterval = 100;

    /// <summary>Walks the tree to its end.</summary>
    /// <param name="atOnce">Files on their way at the same time.</param>
    /// <param name="cancellation">Stops in order: the state says how far it came.</param>
    public async Task RunAsync(int atOnce, CancellationToken cancellation)
    {
        var state = IngestState.Read(stateFile, Path.GetFullPath(root));
        var done = 0;
        try
        {
            await sender.SendAllAsync(TreeWalk.Files(root, state.Cursor), atOnce, Note, cancellation);
        }
        finally
        {
            state.Write(stateFile);
        }

        void Note(string path)
        {
            state = state with { Cursor = path };
            if (++done % StateInterval == 0) state.Write(stateFile);
        }
    }
}
