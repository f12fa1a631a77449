using System.Text.Json;

namespace MoodStream.Mood.Datasets.Named;

/// <summary>
/// Reads the fields of one JSON object and keeps what is wrong with them: each problem names the file and the field.
/// </summary>
/// <param name="file">The file, for problems.</param>
/// <param name="path">The object within the file, with a dot at its end; empty for the file's own.</param>
/// <param name="element">The object.</param>
/// <param name="problems">Takes the problems.</param>
internal sealed class DescriptionFields(string file, string path, JsonElement element, List<string> problems)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>A text that has to be there.</summary>
    public string Text(string name) => OptionalText(name) ?? Lack(name);

    /// <summary>A text; null where the field is missing.</summary>
    public string? OptionalText(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.Trim().Length > 0) return value.GetString();
        Problem(name, "is no text");
        return "";
    }

    /// <summary>A path that stays below the root; null where the field is missing.</summary>
    public string? OptionalPath(string name) => OptionalText(name) is { } text ? LocalPath(name, text) : null;

    /// <summary>Texts that are all different; empty where the field is missing.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Member(name) is { } value ? TextsOf(name, value) : [];

    /// <summary>Paths that stay below the root.</summary>
    public IReadOnlyList<string> Paths(string name) => [.. Texts(name).Select(p => LocalPath(name, p))];

    /// <summary>An object of texts that are all different, in its order; empty where the field is missing.</summary>
    public IReadOnlyList<(string Key, string Value)> TextByName(string name)
    {
        var pairs = Members(name)
            .Select(m => (m.Name, Value: m.Value.ValueKind == JsonValueKind.String ? m.Value.GetString()! : "")).ToArray();
        foreach (var pair in pairs.Where(p => p.Value.Length == 0)) Problem($"{name}.{pair.Name}", "is no text");
        RequireDifferent(name, [.. pairs.Select(p => p.Value)]);
        return pairs;
    }

    /// <summary>An object of lists of texts; empty where the field is missing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> TextsByName(string name) =>
        Members(name)
            .ToDictionary(m => m.Name, m => (IReadOnlyList<string>)TextsOf($"{name}.{m.Name}", m.Value));

    /// <summary>The objects within an object, by name, in its order.</summary>
    public IReadOnlyList<(string Name, DescriptionFields Fields)> Objects(string name)
    {
        var members = Members(name);
        foreach (var m in members.Where(m => m.Value.ValueKind != JsonValueKind.Object)) Problem($"{name}.{m.Name}", "is no object");
        return
        [
            .. members.Where(m => m.Value.ValueKind == JsonValueKind.Object)
                .Select(m => (m.Name, new DescriptionFields(file, $"{path}{name}.{m.Name}.", m.Value, problems))),
        ];
    }

    /// <summary>Notes a problem of a field.</summary>
    public void Problem(string name, string what) => problems.Add($"{file}: {path}{name} {what}.");

    /// <summary>Notes every field that was not asked for. The last thing to call.</summary>
    public void RequireNothingElse()
    {
        foreach (var name in element.EnumerateObject().Select(m => m.Name).Where(n => !_known.Contains(n)))
            Problem(name, $"is no field; known are {string.Join(", ", _known)}");
    }

    private JsonProperty[] Members(string name)
    {
        if (Member(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Object) return [.. value.EnumerateObject()];
        Problem(name, "is no object");
        return [];
    }

    private JsonElement? Member(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out var value) ? value : null;
    }

    private string Lack(string name)
    {
        Problem(name, "is missing");
        return "";
    }

    private string[] TextsOf(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0
            || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String || v.GetString()!.Length == 0))
        {
            Problem(name, "is no list of texts");
            return [];
        }
        string[] texts = [.. value.EnumerateArray().Select(v => v.GetString()!)];
        RequireDifferent(name, texts);
        return texts;
    }

    private void RequireDifferent(string name, string[] texts)
    {
        if (texts.GroupBy(t => t).FirstOrDefault(g => g.Key.Length > 0 && g.Count() > 1)?.Key is { } twice)
            Problem(name, $"has '{twice}' twice");
    }

    private string LocalPath(string name, string text)
    {
        if (Path.IsPathRooted(text) || text.Split('/', '\\').Contains(".."))
            Problem(name, $"is '{text}', which does not stay below the folder of data sets");
        return text.Replace('/', Path.DirectorySeparatorChar);
    }
}
