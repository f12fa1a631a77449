namespace MoodStream.Mood.Datasets;

/// <summary>Which mask belongs to which image, where their names do not say it: a table of two columns.</summary>
internal static class MaskPairs
{
    private const string Header = "image,mask";

    /// <summary>Reads a table.</summary>
    /// <param name="path">
    /// Text file: the line <c>image,mask</c>, then a line for each pair; images below the folder of images, masks below
    /// the folder of masks, with forward slashes. Names with commas cannot be listed.
    /// </param>
    /// <returns>Mask by image, both as relative paths of this machine.</returns>
    /// <exception cref="DatasetException">The file is missing, or a line is no pair, leaves its folder, or repeats an
    /// image.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var lines = System.Text.Encoding.UTF8.GetString(DatasetFiles.ReadAll(path)).ReplaceLineEndings("\n")
            .Split('\n');
        if (lines[0].Trim() != Header) throw new DatasetException($"{path}: the first line is not '{Header}'.");
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            var fields = lines[i].Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length != 2 || fields.Any(LeavesItsFolder))
                throw new DatasetException($"{path}, line {i + 1}: '{lines[i]}' is no pair of relative paths, image,mask.");
            if (!pairs.TryAdd(Local(fields[0]), Local(fields[1])))
                throw new DatasetException($"{path}, line {i + 1}: {fields[0]} occurs twice.");
        }
        return pairs;
    }

    private static bool LeavesItsFolder(string field) =>
        field.Length == 0 || Path.IsPathRooted(field) || field.Split('/', '\\').Contains("..");

    private static string Local(string field) => field.Replace('/', Path.DirectorySeparatorChar);
}
