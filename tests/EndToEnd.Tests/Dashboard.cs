using System.Text.Json;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>A query of a panel, with the variables that Grafana would fill in.</summary>
/// <param name="Expression">PromQL.</param>
/// <param name="Legend">How a series is named, with <c>{{label}}</c> for its labels.</param>
internal sealed record DashboardQuery(string Expression, string Legend);

/// <summary>A panel.</summary>
/// <param name="Title">Title.</param>
/// <param name="Unit">Unit, as Grafana names it.</param>
/// <param name="Queries">Queries.</param>
internal sealed record DashboardPanel(string Title, string Unit, IReadOnlyList<DashboardQuery> Queries);

/// <summary>A dashboard of this repository.</summary>
/// <param name="Name">File name without its ending.</param>
/// <param name="Title">Title.</param>
/// <param name="Panels">Panels, in order.</param>
internal sealed record Dashboard(string Name, string Title, IReadOnlyList<DashboardPanel> Panels)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Dashboard> All() =>
        [.. Directory.EnumerateFiles(Path.Combine(SharedFiles.Checkout, "deploy", "grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal).Select(Read)];

    private static Dashboard Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return new(Path.GetFileNameWithoutExtension(file), json.RootElement.GetProperty("title").GetString()!,
            [.. json.RootElement.GetProperty("panels").EnumerateArray().Select(PanelOf)]);
    }

    private static DashboardPanel PanelOf(JsonElement panel) => new(
        panel.GetProperty("title").GetString()!,
        panel.GetProperty("fieldConfig").GetProperty("defaults").TryGetProperty("unit", out var unit) ? unit.GetString()! : "short",
        [.. panel.GetProperty("targets").EnumerateArray().Select(t => new DashboardQuery(
            t.GetProperty("expr").GetString()!.Replace("$gate", ".+", StringComparison.Ordinal).Replace("$__rate_interval", "30s", StringComparison.Ordinal),
            t.TryGetProperty("legendFormat", out var legend) ? legend.GetString()! : ""))]);
}
