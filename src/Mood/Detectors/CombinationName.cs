namespace MoodStream.Mood.Detectors;

/// <summary>Names of combinations: <c>rule(first,second)</c>.</summary>
internal static class CombinationName
{
    /// <summary>The combination of a name; null if it is none, or not of two known detectors.</summary>
    public static CombinedDetector? Parse(string name)
    {
        foreach (var rule in Enum.GetValues<PValueRule>())
        {
            var opening = CombinedDetector.NameOf(rule) + "(";
            if (!name.StartsWith(opening, StringComparison.Ordinal) || !name.EndsWith(')')) continue;
            var parts = name[opening.Length..^1].Split(',');
            if (parts.Length == 2 && parts[0] != parts[1] && Named(parts[0]) is { } first && Named(parts[1]) is { } second)
                return new CombinedDetector(rule, first, second);
        }
        return null;
    }

    /// <summary>Splits a list of names at the commas that are not within parentheses.</summary>
    public static IReadOnlyList<string> SplitList(string names)
    {
        var parts = new List<string>();
        int depth = 0, start = 0;
        for (var i = 0; i <= names.Length; i++)
        {
            if (i < names.Length && names[i] == '(') depth++;
            if (i < names.Length && names[i] == ')') depth--;
            if (i < names.Length && (names[i] != ',' || depth > 0)) continue;
            if (names[start..i].Trim() is { Length: > 0 } part) parts.Add(part);
            start = i + 1;
        }
        return parts;
    }

    private static Detector? Named(string name) =>
        DetectorRegistry.All.FirstOrDefault(d => d.Name == name && d is not CombinedDetector);
}
