namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>How one family of programs names its tensors, as data.</summary>
/// <param name="Prefixes">Prefixes that wrap the encoder's names and are taken off.</param>
/// <param name="Names">Their name and ours; <c>*</c> is a block's number, and a name stands for all that lies below it.</param>
internal sealed record KeyMap(IReadOnlyList<string> Prefixes, IReadOnlyList<(string Theirs, string Ours)> Names)
{
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
        var star = theirs.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return Below(name, theirs) is { } rest ? ours + rest : null;
        if (!name.StartsWith(theirs[..star], StringComparison.Ordinal)) return null;
        var end = star;
        while (end < name.Length && char.IsAsciiDigit(name[end])) end++;
        if (end == star || end - star > 3) return null;
        return Below(name[end..], theirs[(star + 1)..]) is { } leaf
            ? ours.Replace("*", name[star..end], StringComparison.Ordinal) + leaf
            : null;
    }

    private static string? Below(string name, string stem) =>
        name == stem ? "" : name.StartsWith(stem + ".", StringComparison.Ordinal) ? name[stem.Length..] : null;
}
