namespace MoodStream.Cli.Terminal;

/// <summary>Files that a verb writes.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file; what keeps it from being written becomes an error that names it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be written: {e.Message}");
        }
    }
}
