namespace MoodStream.RepositoryTests;

/// <summary>A Markdown table under a heading (of second level or lower) of a page, compared with what the code says.</summary>
/// <remarks>
/// The code gives the first cells of each row; the cells after them are written by people.
/// With <c>UPDATE_DOCS=1</c> in the environment the table is first rewritten, and people's cells are kept by the first cell.
/// </remarks>
internal sealed class DocTable
{
    private readonly List<string> _lines;
    private readonly int _header;
    private readonly int _end;

    private DocTable(string file, string heading)
    {
        _lines = [.. File.ReadAllLines(Checkout.PathOf(file))];
        var start = _lines.FindIndex(l => l.StartsWith("##", StringComparison.Ordinal) && l.TrimStart('#').Trim() == heading);
        _header = start < 0 ? -1 : _lines.FindIndex(start + 1, l => l.StartsWith('|') || l.StartsWith('#'));
        Assert.True(_header >= 0 && _lines[_header].StartsWith('|'), $"{file} has no table under the heading '{heading}'.");
        _end = _header + 2;
        while (_end < _lines.Count && _lines[_end].StartsWith('|')) _end++;
    }

    private IReadOnlyList<string[]> Rows => [.. _lines[(_header + 2).._end].Select(Cells)];

    private int Width => Cells(_lines[_header]).Length;

    /// <summary>Fails with the rows to write unless the table has exactly the code's rows, in their order, and no empty cell.</summary>
    public static void MustBe(string file, string heading, IReadOnlyList<string[]> code)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") new DocTable(file, heading).Rewrite(file, code);
        var table = new DocTable(file, heading);
        var given = code.Count == 0 ? table.Width : code[0].Length;
        var expected = code.Select(Row).ToList();
        var found = table.Rows.Select(r => Row(r.Take(given))).ToList();
        Assert.True(expected.SequenceEqual(found),
            $"{file}, '{heading}', differs from the code; UPDATE_DOCS=1 ./test Repository rewrites it.\n"
            + $"missing or changed:\n{string.Join('\n', expected.Except(found))}\n"
            + $"not in the code:\n{string.Join('\n', found.Except(expected))}");
        var incomplete = table.Rows.Where(r => r.Length != table.Width || r.Contains("")).Select(Row);
        Assert.True(!incomplete.Any(), $"{file}, '{heading}', has unwritten cells:\n{string.Join('\n', incomplete)}");
    }

    private void Rewrite(string file, IReadOnlyList<string[]> code)
    {
        var people = Rows.ToDictionary(r => r[0]);
        var rows = code.Select(c => Row(c.Concat(people.TryGetValue(c[0], out var old)
            ? old.Skip(c.Length)
            : Enumerable.Repeat("", Width - c.Length))));
        File.WriteAllLines(Checkout.PathOf(file), [.. _lines[..(_header + 2)], .. rows, .. _lines[_end..]]);
    }

    private static string[] Cells(string line)
    {
        var inner = line.Trim()[1..^1].Replace(@"\|", "\0", StringComparison.Ordinal);
        return [.. inner.Split('|').Select(c => c.Replace("\0", @"\|", StringComparison.Ordinal).Trim())];
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
