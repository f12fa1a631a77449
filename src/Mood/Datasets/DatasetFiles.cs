namespace MoodStream.Mood.Datasets;

/// <summary>Reading files of data sets with errors that say what and where.</summary>
internal static class DatasetFiles
{
    /// <exception cref="DatasetException">The file is missing or cannot be read.</exception>
    public static byte[] ReadAll(string path)
    {
        if (!File.Exists(path)) throw new DatasetException($"{path}: there is no such file.");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} cannot be read: {e.Message}");
        }
    }
}
