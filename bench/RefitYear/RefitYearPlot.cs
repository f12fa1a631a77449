using ScottPlot;

namespace MoodStream.Bench.RefitYear;

/// <summary>Draws the year as an SVG picture.</summary>
internal static class RefitYearPlot
{
    private const int Width = 960;
    private const int Height = 460;
    private const int DaysOfWeek = 7;

    /// <summary>Pixels above the axes for what the lines are called.</summary>
    private const int NamesHeight = 32;

    // Colours that differ in lightness too, for paper and for eyes that see fewer hues (Okabe and Ito).
    private static readonly Color With = Color.FromHex("#0072B2");
    private static readonly Color Without = Color.FromHex("#D55E00");
    private static readonly Color Event = Color.FromHex("#7F7F7F");

    /// <summary>Writes the picture.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(FileInfo file, YearResult result)
    {
        using var plot = new Plot();
        double[] weeks = [.. result.Weeks.Select(w => w.Week + 1.0)];
        Line("without refits", result.Weeks.Select(w => w.FalseAlarmRateWithout), Without);
        Line("with refits", result.Weeks.Select(w => w.FalseAlarmRateWithRefit), With);
        var promised = plot.Add.HorizontalLine(100 * result.Promised);
        (promised.Color, promised.LinePattern, promised.LegendText) = (Colors.Black, LinePattern.Dashed, "promised");
        Mark(YearScene.LampFails / (double)DaysOfWeek + 1, "a lamp fails");
        foreach (var attempt in result.Poisoning)
            Mark(YearRun.WeekOf(attempt) + 1, $"{attempt.Share:P0} poison{(attempt.Refused ? ", refused" : "")}");
        plot.Axes.Top.MinimumSize = NamesHeight;
        plot.XLabel("week");
        plot.YLabel("in-distribution images sent to review, %");
        plot.Axes.SetLimits(0.5, weeks[^1] + 0.5, 0, 1.15 * 100 * result.Weeks.Max(w => Math.Max(w.FalseAlarmRateWithRefit, w.FalseAlarmRateWithout)));
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SaveSvg(file.FullName, Width, Height);

        void Line(string name, IEnumerable<double> rates, Color colour)
        {
            var line = plot.Add.ScatterLine(weeks, rates.Select(r => 100 * r).ToArray(), colour);
            (line.LegendText, line.LineWidth) = (name, 2);
        }

        void Mark(double week, string text)
        {
            var line = plot.Add.VerticalLine(week);
            (line.Color, line.LinePattern, line.LineWidth) = (Event, LinePattern.Dotted, 1.5f);
            (line.LabelText, line.LabelOppositeAxis, line.LabelFontColor, line.LabelBackgroundColor) = (text, true, Event, Colors.Transparent);
            (line.LabelFontSize, line.LabelBold) = (11, false);
        }
    }
}
