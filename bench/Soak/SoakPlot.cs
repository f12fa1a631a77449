using ScottPlot;

namespace MoodStream.Bench.Soak;

/// <summary>Draws what the services used as an SVG picture: each measure over its own mean, so that all fit one scale.</summary>
internal static class SoakPlot
{
    private const int Width = 960, Height = 540;
    private const double SecondsPerMinute = 60;

    // Colours that differ in lightness too, for paper and for eyes that see fewer hues (Okabe and Ito).
    private static readonly Color[] Colours = [Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73")];

    private static readonly (string Name, LinePattern Pattern, Func<SoakSample, double> Value)[] Measures =
    [
        ("resident memory", LinePattern.Solid, s => s.ResidentMiB),
        ("handles", LinePattern.Dashed, s => s.Handles),
        ("threads", LinePattern.Dotted, s => s.Threads),
    ];

    /// <summary>Writes the picture.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(FileInfo file, SoakResult result)
    {
        using var plot = new Plot();
        foreach (var ((service, samples), colour) in result.Samples.Zip(Colours))
            foreach (var (name, pattern, value) in Measures)
            {
                var mean = samples.Average(value);
                var line = plot.Add.ScatterLine(
                    samples.Select(s => s.Seconds / SecondsPerMinute).ToArray(), samples.Select(s => 100 * value(s) / mean).ToArray(), colour);
                (line.LegendText, line.LinePattern, line.LineWidth) = ($"{service}: {name}", pattern, 2);
            }

        plot.XLabel("minutes");
        plot.YLabel("% of its mean");
        plot.Axes.SetLimitsY(0, 150);
        plot.ShowLegend(Alignment.LowerRight);
        plot.SaveSvg(file.FullName, Width, Height);
    }
}
