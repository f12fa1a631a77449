using MoodStream.Cli.Terminal;
using Spectre.Console;

namespace MoodStream.Cli.Demo;

/// <summary>The demo's summary for people.</summary>
internal static class DemoReport
{
    public static void Print(DemoResult result)
    {
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false, Title = new TableTitle(Markup.Escape($"mood demo: {result.Traffic}")) };
        table.AddColumns("what", "figure");
        Row("images in", $"{result.ImagesIn:N0} ({result.ImagesPerSecond:F1} a second)");
        Row("accepted / review / dead letters", $"{result.Accepted:N0} / {result.Review:N0} / {result.DeadLetter:N0}");
        Row("lost / duplicates", $"{result.Lost} / {result.Duplicates}");
        if (result.ForeignImages > 0) Row("images of other clients", $"{result.ForeignImages:N0}");
        Row("promised false-alarm rate", $"{result.PromisedFalseAlarmRate:P1}");
        Row("measured false-alarm rate", result.FalseAlarmRate is { } rate
            ? $"{rate:P1} ({result.FalseAlarms} of {result.DistinctIdImages} distinct ID images), 99 % interval {result.FalseAlarmRateLow:P1} to {result.FalseAlarmRateHigh:P1}"
            : "no ID image");
        Row("detection rate", result.DetectionRate is { } detection ? $"{detection:P1}" : "no OOD image");
        foreach (var kind in result.DetectionByKind) Row($"  {kind.Kind}", $"{kind.DetectionRate:P0} of {kind.Images}");
        Row("AUROC, pixel floor", $"{result.Auroc:F3}, {result.AurocPixels:F3}");
        Row("latency p50 / p99", $"{result.LatencyMsP50:F0} ms / {result.LatencyMsP99:F0} ms");
        Row("statistics version, model", $"{result.StatisticsVersion}, {result.ModelHash}");
        Tables.Write(table);

        void Row(string what, string figure) => table.AddRow(Markup.Escape(what), Markup.Escape(figure));
    }
}
