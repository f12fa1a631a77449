using System.CommandLine;
using System.Globalization;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using Spectre.Console;

namespace MoodStream.Cli.Statistics;

/// <summary>One version in the list.</summary>
internal sealed record VersionRow(string Gate, long Version, bool Active, StatisticsVersion? Header);

/// <summary>Everything that is known of one version.</summary>
internal sealed record VersionShown(
    string Gate, long Version, bool Active, long? Epoch, int Bytes, StatisticsVersion? Header, IReadOnlyList<StatisticsActivated> Activations);

/// <summary><c>mood stats list</c> and <c>mood stats show</c>.</summary>
internal static class StatsViews
{
    private const int Activations = 10;

    private static readonly Argument<long?> ShownVersion = new("VERSION")
    {
        Description = "Number of the version. Default: the active one.", Arity = ArgumentArity.ZeroOrOne,
    };

    internal static Command List() => StatsOptions.Verb("list", "List the versions of all gates, newest first.", StatsOptions.GateOrAll)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => ListAsync(session, parsed, cancellation)));

    internal static Command Show() =>
        StatsOptions.Verb("show", "Show one version: what it is, why it was made, what the guards found.", ShownVersion, StatsOptions.Gate)
            .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => ShowAsync(session, parsed, cancellation)));

    /// <summary>A number for people.</summary>
    internal static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static async Task ListAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var only = parsed.GetValue(StatsOptions.GateOrAll);
        if (only is not null) await session.VersionsAsync(only, cancellation);
        var rows = new List<VersionRow>();
        foreach (var gate in only is null ? await session.Store.ListGatesAsync(cancellation) : [only])
        {
            var active = await session.Store.ReadActiveAsync(gate, cancellation);
            rows.AddRange((await session.Store.ListVersionsAsync(gate, cancellation))
                .Select(v => new VersionRow(gate, v.Version, v.Version == active?.Version, v.Header)));
        }

        Tables.Write(TableOf(rows));
        JsonReport.Write(parsed.GetValue(StatsOptions.Json), [.. rows], StatsJson.Types.VersionRowArray);
    }

    private static Table TableOf(IEnumerable<VersionRow> rows)
    {
        var table = new Table { Border = TableBorder.Simple }
            .AddColumns("gate", "version", "made", "by", "images", "threshold", "at rate", "state", "reason");
        foreach (var row in rows)
        {
            var header = row.Header;
            string[] cells =
            [
                row.Gate, $"{row.Version}", header is null ? "" : $"{header.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm}Z", header?.Author ?? "",
                header is null ? "" : $"{header.Count}+{header.CalibrationCount}", header is null ? "" : Text(header.Threshold),
                header is null ? "" : Text(header.TargetFalseAlarmRate), StateOf(row), header?.Reason ?? "no header: an older version",
            ];
            table.AddRow([.. cells.Select(c => Markup.Escape(c))]);
        }

        return table;
    }

    private static string StateOf(VersionRow row) => string.Join(", ", new[]
    {
        row.Active ? "active" : "",
        row.Header is { HumanApproved: true } ? "approved" : "",
        row.Header is { Refused: true } header ? $"refused by {string.Join(", ", header.Guards.Where(g => !g.Passed).Select(g => g.Name))}" : "",
    }.Where(s => s.Length > 0));

    private static async Task ShowAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var gate = parsed.GetRequiredValue(StatsOptions.Gate);
        await session.VersionsAsync(gate, cancellation);
        var active = await session.Store.ReadActiveAsync(gate, cancellation);
        var number = parsed.GetValue(ShownVersion) ?? active?.Version
            ?? throw new CliException($"Gate {gate} has no active version; name one.");
        var kept = await session.VersionAsync(gate, number, cancellation);
        var (statistics, bytes) = await session.StatisticsAsync(gate, number, cancellation);
        statistics.Dispose();                                                    // read to see that it is whole
        var isActive = number == active?.Version;
        var shown = new VersionShown(
            gate, number, isActive, isActive ? active?.Epoch : null, bytes, kept.Header,
            [.. (await session.Store.ReadHistoryAsync(gate, int.MaxValue, cancellation)).Where(a => a.Version == number).Take(Activations)]);
        foreach (var line in Lines(shown)) Console.WriteLine(line);
        JsonReport.Write(parsed.GetValue(StatsOptions.Json), shown, StatsJson.Types.VersionShown);
    }

    private static IEnumerable<string> Lines(VersionShown shown)
    {
        yield return $"gate {shown.Gate}, version {shown.Version}, {(shown.Active ? $"active at epoch {shown.Epoch}" : "not active")}, {shown.Bytes:N0} bytes";
        foreach (var line in shown.Header is { } header ? Lines(header) : ["no header: a version of a time before headers"]) yield return line;
        foreach (var activated in shown.Activations)
            yield return $"activated {activated.At:u} by {activated.By}{(activated.Reason is { } why ? $": {why}" : "")}";
    }

    private static IEnumerable<string> Lines(StatisticsVersion header)
    {
        yield return $"made {header.CreatedAt:u} by {header.Author}: {header.Reason}";
        if (header.Parent is { } parent) yield return $"from version {parent}";
        yield return $"{header.Detector} on {header.Count} images (effective {Text(header.EffectiveCount)}), {header.ClassCount} classes, "
            + $"{header.FeatureDimension} features{(header.Shrinkage is { } s ? $", shrinkage {Text(s)}" : "")}";
        yield return $"model {header.ModelHash}, preprocessing {header.PreprocessingHash}";
        yield return $"threshold {Text(header.Threshold)} for a false-alarm rate of {Text(header.TargetFalseAlarmRate)}, "
            + $"from {header.CalibrationCount} held-out images";
        yield return $"at other rates: {string.Join(", ", header.Thresholds.Select(t => $"{Text(t.Rate)} -> {Text(t.Threshold)}"))}";
        foreach (var guard in header.Guards)
            yield return $"guard {guard.Name}: {(guard.Passed ? "passed" : "REFUSED")}"
                + $"{(guard.Value is { } value ? $", {Text(value)}" : "")}{(guard.Limit is { } limit ? $" (limit {Text(limit)})" : "")}"
                + $"{(guard.Explanation is { } text ? $": {text}" : "")}";
        if (header.Rejection is { } rejection) yield return $"rejected {rejection.At:u} by {rejection.By}: {rejection.Reason}";
        if (header.Approval is { } approval) yield return $"approved {approval.At:u} by {approval.By}: {approval.Reason}";
    }
}
