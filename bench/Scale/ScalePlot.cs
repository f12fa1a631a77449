using ScottPlot;
using ScottPlot.TickGenerators;

namespace MoodStream.Bench.Scale;

/// <summary>Draws costs against work as an SVG picture: each sweep over its own smallest, both axes in powers of ten.</summary>
internal static class ScalePlot
{
    private const int Width = 960, Height = 540;

    // Colours that differ in lightness too, for paper and for eyes that see fewer hues (Okabe and Ito).
    private static readonly Color[] Colours =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#CC79A7"), Color.FromHex("#E69F00"),
        Color.FromHex("#56B4E9"), Color.FromHex("#000000"), Color.FromHex("#999999"), Color.FromHex("#F0E442"),
    ];

    /// <summary>Writes the picture.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(FileInfo file, ScaleResult result)
    {
        using var plot = new Plot();
        foreach (var (sweep, colour) in result.Points.GroupBy(p => (p.Sweep, p.Unit)).Zip(Colours))
        {
            var first = sweep.First().Cost;
            var line = plot.Add.Scatter(sweep.Select(p => Math.Log10(p.Work)).ToArray(), sweep.Select(p => Math.Log10(p.Cost / first)).ToArray(), colour);
            (line.LegendText, line.LineWidth) = ($"{sweep.Key.Sweep}: {sweep.Key.Unit}", 2);
        }

        plot.XLabel("work");
        plot.YLabel("cost over that of the least work");
        (plot.Axes.Bottom.TickGenerator, plot.Axes.Left.TickGenerator) = (PowersOfTen(), PowersOfTen());
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SaveSvg(file.FullName, Width, Height);
    }

    /// <summary>Ticks at 1, 10, 100, …: the plot itself knows no axis in powers of ten.</summary>
    private static NumericAutomatic PowersOfTen() => new()
    {
        IntegerTicksOnly = true, LabelFormatter = exponent => $"{Math.Pow(10, exponent):#,0.###}",
    };
}
