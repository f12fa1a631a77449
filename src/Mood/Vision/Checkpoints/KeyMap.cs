namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>How one family of programs names its tensors, as data.</summary>
/// <param name="Prefixes">Prefixes that wrap the encoder's names and are taken off.</param>
/// <param name="Names">Their name and ours; each <c>*</c> is a number of up to three digits, and a name stands for all
/// that lies below it.</param>
internal sealed record KeyMap(IReadOnlyList<string> Prefixes, IReadOnlyList<(string Theirs, string Ours)> Names)
{
    private const int MostDigits = 3;

    /// <summary>Our name of a tensor; null where the family has no such tensor.</summary>
    public string? Translate(string name)
    {
        foreach (var prefix in Prefixes)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            name = name[prefix.Length..];
            break;
        }
        foreach (var (theirs, ours) in Names)
            if (Match(name, theirs, ours) is { } translated)
                return translated;
        return null;
    }

    private static string? Match(string name, string theirs, string ours)
    {
        var parts = theirs.Split('*');
        if (!name.StartsWith(parts[0], StringComparison.Ordinal)) return null;
        var at = parts[0].Length;
        foreach (var part in parts.AsSpan(1))
        {
            var end = at;
            while (end < name.Length && char.IsAsciiDigit(name[end])) end++;
            if (end == at || end - at > MostDigits) return null;
            if (string.CompareOrdinal(name, end, part, 0, part.Length) != 0) return null;
            var star = ours.IndexOf('*', StringComparison.Ordinal);
            ours = ours[..star] + name[at..end] + ours[(star + 1)..];
            at = end + part.Length;
        }
        return at == name.Length || name[at] == '.' ? ours + name[at..] : null;
    }
}
