using System.Net;
using System.Text;

namespace MoodStream.Cli.Reports;

/// <summary>A page that needs no other file: headings, tables and figures in one column, fit for paper.</summary>
/// <param name="title">Title of the page.</param>
internal sealed class HtmlPage(string title)
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #8886; --mark: #e8a33d33; --soft: #8882 }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line) }
        h3 { font-size: 1.02rem; margin: 1.4rem 0 .4rem }
        .scroll { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .6rem 0 }
        th, td { padding: .25rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--soft) }
        th:first-child, td:first-child { text-align: left } th { border-bottom: 1px solid var(--line) }
        table.words td, table.words th { text-align: left; white-space: normal; overflow-wrap: anywhere; vertical-align: top }
        table.words td:first-child { white-space: nowrap; overflow-wrap: normal }
        tr.floor td { background: var(--soft); font-style: italic } tr.ours td { background: var(--mark); font-weight: 600 }
        .note { color: #777; font-size: .92em } figure { margin: 0; text-align: center }
        .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1rem }
        .figures img { width: 100%; background: white } .strip { display: flex; flex-wrap: wrap; gap: .5rem }
        .strip img { width: 72px; height: 72px; object-fit: contain; image-rendering: pixelated; background: #8883 }
        .strip figcaption { font-size: .75rem }
        @media print { h2 { break-before: auto } figure, table, .strip { break-inside: avoid } .scroll { overflow: visible } }
        """;

    private readonly StringBuilder _body = new();

    /// <summary>Text as it is shown: nothing in it is markup.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A heading of a section.</summary>
    public HtmlPage Section(string heading) => Raw($"<h2>{Text(heading)}</h2>");

    /// <summary>A heading within a section.</summary>
    public HtmlPage Part(string heading) => Raw($"<h3>{Text(heading)}</h3>");

    /// <summary>A paragraph.</summary>
    public HtmlPage Paragraph(string text) => Raw($"<p>{Text(text)}</p>");

    /// <summary>A remark.</summary>
    public HtmlPage Note(string text) => Raw($"""<p class="note">{Text(text)}</p>""");

    /// <summary>A table.</summary>
    /// <param name="columns">Headings.</param>
    /// <param name="rows">Cells; a row's class is <c>floor</c>, <c>ours</c> or empty.</param>
    public HtmlPage Table(IReadOnlyList<string> columns, IEnumerable<(string Class, IReadOnlyList<string> Cells)> rows) =>
        Table("<table>", columns, rows);

    /// <summary>A table of text, which is broken into lines so that every column is seen.</summary>
    public HtmlPage Words(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) =>
        Table("""<table class="words">""", columns, rows.Select(cells => ("", cells)));

    /// <summary>Figures side by side.</summary>
    /// <param name="figures">Address of each picture, and what it shows for those who cannot see it.</param>
    public HtmlPage Figures(IEnumerable<(string Address, string Alternative)> figures)
    {
        Raw("""<div class="figures">""");
        foreach (var (address, alternative) in figures)
            Raw($"""<figure><img src="{address}" alt="{Text(alternative)}"></figure>""");
        return Raw("</div>");
    }

    /// <summary>Small pictures with a line below each.</summary>
    public HtmlPage Strip(IEnumerable<(string Address, string Caption)> pictures)
    {
        Raw("""<div class="strip">""");
        foreach (var (address, caption) in pictures)
            Raw($"""<figure><img src="{address}" alt=""><figcaption>{Text(caption)}</figcaption></figure>""");
        return Raw("</div>");
    }

    /// <summary>The whole page.</summary>
    public override string ToString() => $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Text(title)}</title><style>{Style}</style></head>
        <body><h1>{Text(title)}</h1>{_body}</body></html>
        """;

    private HtmlPage Table(
        string tag, IReadOnlyList<string> columns, IEnumerable<(string Class, IReadOnlyList<string> Cells)> rows)
    {
        Raw($"""<div class="scroll">{tag}<thead><tr>""");
        foreach (var column in columns) Raw($"""<th scope="col">{Text(column)}</th>""");
        Raw("</tr></thead><tbody>");
        foreach (var (kind, cells) in rows)
        {
            Raw(kind.Length > 0 ? $"""<tr class="{kind}">""" : "<tr>");
            foreach (var cell in cells) Raw($"<td>{Text(cell)}</td>");
            Raw("</tr>");
        }
        return Raw("</tbody></table></div>");
    }

    private HtmlPage Raw(string markup)
    {
        _body.Append(markup).Append('\n');
        return this;
    }
}
