using MoodStream.Mood.Metrics;
using ScottPlot;

namespace MoodStream.Cli.Reports;

/// <summary>Plots of OOD scores, as pictures that a page can carry within itself.</summary>
internal static class ScorePlots
{
    private const int Width = 460;
    private const int Height = 400;
    private const int Bins = 60;
    private const int MostPoints = 400;

    /// <summary>Share of the scores at each end that is drawn in the outermost bin, so that one stray image does not
    /// squeeze all others together.</summary>
    private const double Tail = 0.005;

    /// <summary>Colours that differ in lightness too, for paper and for eyes that see fewer hues (Okabe and Ito).</summary>
    private static readonly Color[] Palette =
        [Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#7F7F7F"), Color.FromHex("#CC79A7")];

    /// <summary>Histograms of both sides and the threshold that accepts 95 % of the ID images.</summary>
    /// <returns>A <c>data:</c> address of an SVG.</returns>
    public static string Histogram(string title, double[] id, double[] ood)
    {
        using var plot = new Plot();
        double[] all = [.. id.Concat(ood).Order()];
        var (low, high) = (all[(int)(Tail * (all.Length - 1))], all[(int)((1 - Tail) * (all.Length - 1))]);
        if (high <= low) high = low + 1;
        Side("in-distribution", id, Palette[0]);
        Side("out-of-distribution", ood, Palette[1]);
        var threshold = plot.Add.VerticalLine(FprAtTpr.ThresholdOf(id, ood));
        (threshold.Color, threshold.LinePattern, threshold.LegendText) = (Colors.Black, LinePattern.Dashed, "accepts 95 % of ID");
        plot.XLabel("score, larger is further out");
        plot.YLabel("share of images");
        plot.Axes.SetLimitsX(low, high);
        return Finish(plot, title);

        void Side(string name, double[] scores, Color colour)
        {
            var shares = new double[Bins];
            foreach (var s in scores) shares[(int)Math.Clamp((s - low) / (high - low) * Bins, 0, Bins - 1)] += 1.0 / scores.Length;
            double[] edges = [.. Enumerable.Range(0, Bins + 1).Select(b => low + (high - low) * b / Bins)];
            var line = plot.Add.ScatterLine(edges, (double[])[.. shares, shares[^1]], colour);
            (line.ConnectStyle, line.LegendText, line.LineWidth) = (ConnectStyle.StepHorizontal, name, 1.5f);
            (line.FillY, line.FillYColor) = (true, colour.WithAlpha(0.25));
        }
    }

    /// <summary>ROC curves of several detectors on the same images; OOD is positive.</summary>
    /// <returns>A <c>data:</c> address of an SVG.</returns>
    public static string Roc(string title, IReadOnlyList<(string Name, double[] Id, double[] Ood)> detectors)
    {
        using var plot = new Plot();
        for (var d = 0; d < detectors.Count; d++)
        {
            var curve = RocCurve.Of(detectors[d].Id, detectors[d].Ood);
            var step = Math.Max(1, curve.Points.Count / MostPoints);
            RocPoint[] points = [.. curve.Points.Where((_, i) => i % step == 0), curve.Points[^1]];
            var line = plot.Add.ScatterLine(
                points.Select(p => p.FalsePositiveRate).ToArray(), points.Select(p => p.TruePositiveRate).ToArray(),
                Palette[d % Palette.Length]);
            (line.LegendText, line.LineWidth) = ($"{detectors[d].Name}: {curve.Auroc:F3}", 1.5f);
        }
        var chance = plot.Add.ScatterLine((double[])[0, 1], (double[])[0, 1], Colors.Grey);
        (chance.LinePattern, chance.LegendText) = (LinePattern.Dotted, "chance: 0.500");
        plot.XLabel("ID flagged, share");
        plot.YLabel("OOD caught, share");
        plot.Axes.SetLimits(0, 1, 0, 1.01);
        return Finish(plot, title);
    }

    private static string Finish(Plot plot, string title)
    {
        plot.Title(title, 13);
        plot.ShowLegend(Edge.Bottom).Alignment = Alignment.UpperCenter;              // beside the curves, never over them
        return DataAddress.Of("image/svg+xml", System.Text.Encoding.UTF8.GetBytes(plot.GetSvgXml(Width, Height)));
    }
}

/// <summary>Bytes within a page, instead of a file beside it.</summary>
internal static class DataAddress
{
    /// <summary>The address.</summary>
    public static string Of(string type, byte[] bytes) => $"data:{type};base64,{Convert.ToBase64String(bytes)}";
}
