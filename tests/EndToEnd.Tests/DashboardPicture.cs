using System.Globalization;
using System.Net;
using System.Text;

namespace MoodStream.EndToEndTests;

/// <summary>One series of a panel.</summary>
/// <param name="Name">As the legend names it.</param>
/// <param name="Points">Unix seconds and values, in order of time.</param>
internal sealed record PlottedLine(string Name, IReadOnlyList<(double At, double Value)> Points);

/// <summary>What a dashboard's queries gave, as an SVG: two panels a row, each with its lines, its range and its last values.</summary>
internal sealed class DashboardPicture(string title)
{
    private const int Width = 480, Height = 190, Gap = 12, Head = 36, PlotTop = 30, PlotHeight = 90, MostNames = 4;
    private static readonly string[] Colours = ["#2f6f9f", "#c4572b", "#4c8c4a", "#8a5aa8", "#b08b2e", "#3f8f8f", "#a34f6e", "#6b6b6b"];
    private readonly StringBuilder _panels = new();
    private int _count;

    /// <summary>Adds a panel.</summary>
    public void Add(string panel, string unit, IReadOnlyList<PlottedLine> lines)
    {
        var (x, y) = (Gap + _count % 2 * (Width + Gap), Head + _count / 2 * (Height + Gap));
        _count++;
        _panels.Append(CultureInfo.InvariantCulture, $"""<g transform="translate({x},{y})"><rect width="{Width}" height="{Height}" fill="#fff" stroke="#ccc"/>""");
        Text(10, 20, panel, bold: true);
        var values = lines.SelectMany(l => l.Points).Select(p => p.Value).Where(double.IsFinite).ToList();
        if (values.Count > 0) Draw(unit, lines, values.Min(), values.Max());
        else Text(10, PlotTop + PlotHeight / 2, "nothing yet");
        _panels.Append("</g>\n");
    }

    public override string ToString()
    {
        var (width, height) = (2 * Width + 3 * Gap, Head + (_count + 1) / 2 * (Height + Gap));
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="11">
            <rect width="{width}" height="{height}" fill="#f4f4f4"/><text x="{Gap}" y="24" font-size="16">{WebUtility.HtmlEncode(title)}</text>
            {_panels}</svg>

            """);
    }

    private void Draw(string unit, IReadOnlyList<PlottedLine> lines, double low, double high)
    {
        var (first, last) = (lines.SelectMany(l => l.Points).Min(p => p.At), lines.SelectMany(l => l.Points).Max(p => p.At));
        var (span, range) = (Math.Max(last - first, 1), high > low ? high - low : 1);
        foreach (var (line, i) in lines.Select((l, i) => (l, i)))
        {
            var points = line.Points.Where(p => double.IsFinite(p.Value)).Select(p => string.Create(CultureInfo.InvariantCulture,
                $"{10 + (p.At - first) / span * (Width - 20):0.#},{PlotTop + PlotHeight - (p.Value - low) / range * PlotHeight:0.#}"));
            _panels.Append(CultureInfo.InvariantCulture, $"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="{Colours[i % Colours.Length]}" stroke-width="1.5"/>""");
        }
        Text(Width - 10, 20, $"{Format(low)} .. {Format(high)} {unit}", end: true);
        foreach (var (line, i) in lines.Take(MostNames).Select((l, i) => (l, i)))
            Text(10, PlotTop + PlotHeight + 15 + i * 13, $"{line.Name}: {Format(line.Points[^1].Value)}", colour: Colours[i]);
        if (lines.Count > MostNames) Text(Width - 10, Height - 8, $"and {lines.Count - MostNames} more", end: true);
    }

    private void Text(int x, int y, string text, bool bold = false, bool end = false, string colour = "#222") => _panels.Append(
        CultureInfo.InvariantCulture,
        $"""<text x="{x}" y="{y}" fill="{colour}"{(bold ? " font-weight=\"bold\"" : "")}{(end ? " text-anchor=\"end\"" : "")}>{WebUtility.HtmlEncode(text)}</text>""");

    private static string Format(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
