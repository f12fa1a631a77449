using System.Text;

namespace MoodStream.Bench.Driver;

/// <summary>A report as text for people.</summary>
internal static class BenchText
{
    /// <summary>A ratio to be reached, with the sign of its direction where smaller is better.</summary>
    public static string Bound(BenchRow row, double ratio) => $"{(row.Better == Better.Lower ? "≤ " : "")}{ratio:G4}×";

    /// <summary>A figure that was to be reached; a dash where there is none.</summary>
    public static string Figure(double? figure, string unit) => figure is { } value ? $"{value:G4} {unit}" : "–";

    /// <summary>One line that names the rows that miss what they must reach; null where there are none.</summary>
    public static string? Missed(BenchReport report)
    {
        var missed = report.Rows.Where(r => !r.Met).Select(r => $"{r.Name}: {r.Ratio:G4}, must be {Bound(r, r.Must)}").ToList();
        return missed.Count > 0 ? $"missed: {string.Join("; ", missed)}" : null;
    }

    /// <summary>The report as a Markdown page.</summary>
    public static string Markdown(BenchReport report)
    {
        var (machine, text) = (report.Machine, new StringBuilder());
        text.AppendLine($"{machine.Processor}, {machine.Cores} cores, {machine.Threads} threads; {machine.System}; {machine.Runtime}; libtorch {machine.Libtorch}.");
        text.AppendLine().AppendLine("| what | ours | peer or limit | ratio, in the rounds | must | aim | |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (var r in report.Rows)
            text.AppendLine(
                $"| {r.Name} | {r.Ours:G4} {r.Unit} | {r.Peer:G4} {r.Unit} | {r.Ratio:G4}, from {r.RatioLow:G4} to {r.RatioHigh:G4} "
                + $"| {Bound(r, r.Must)} | {(r.Aim is { } aim ? Bound(r, aim) : "–")} | {(r.Met ? "met" : "**missed**")} |");
        foreach (var r in report.NotMeasured ?? [])
            text.AppendLine($"| {r.Name} | – | – | – | {Figure(r.Must, r.Unit)} | {Figure(r.Aim, r.Unit)} | not measured: {r.Reason} |");
        foreach (var (name, value) in report.Figures ?? new Dictionary<string, double>())
            text.AppendLine().Append($"- `{name}`: {value:#,0.######}");
        return text.AppendLine().ToString();
    }
}
