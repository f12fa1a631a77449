using System.Text.Json;
using ScottPlot;

namespace MoodStream.Cli.Training;

/// <summary>Draws the loss of a training log as an SVG picture.</summary>
internal static class LossPlot
{
    private const int Width = 960;
    private const int Height = 540;
    private const double Smoothing = 0.95;

    /// <summary>File of the picture: beside the log, with the ending <c>.svg</c>.</summary>
    public static string PathFor(string log) => Path.ChangeExtension(log, ".svg");

    /// <summary>Draws the loss of each step, and its running mean, from a log; an empty log draws nothing.</summary>
    /// <param name="log">The JSON Lines log.</param>
    /// <param name="title">Heading of the picture.</param>
    /// <exception cref="IOException">The log cannot be read, or the picture not be written.</exception>
    public static void Write(string log, string title)
    {
        var (steps, losses) = Read(log);
        if (steps.Length == 0) return;
        using var plot = new Plot();
        var raw = plot.Add.ScatterLine(steps, losses, Colors.LightSteelBlue);
        raw.LegendText = "each step";
        var mean = plot.Add.ScatterLine(steps, RunningMean(losses), Colors.Navy);
        (mean.LineWidth, mean.LegendText) = (2, "running mean");
        plot.Title(title);
        plot.XLabel("step");
        plot.YLabel("loss");
        plot.ShowLegend();
        plot.SaveSvg(PathFor(log), Width, Height);
    }

    /// <summary>Steps and losses of a log, [N] each; a line that a killed run left half-written is passed over.</summary>
    internal static (double[] Steps, double[] Losses) Read(string log)
    {
        var points = File.ReadLines(log).Select(Point).OfType<(double Step, double Loss)>().ToArray();
        return ([.. points.Select(p => p.Step)], [.. points.Select(p => p.Loss)]);
    }

    private static (double Step, double Loss)? Point(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            return (entry.RootElement.GetProperty("step").GetDouble(), entry.RootElement.GetProperty("loss").GetDouble());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static double[] RunningMean(double[] values)
    {
        var means = new double[values.Length];
        var mean = values[0];
        for (var i = 0; i < values.Length; i++) means[i] = mean = Smoothing * mean + (1 - Smoothing) * values[i];
        return means;
    }
}
