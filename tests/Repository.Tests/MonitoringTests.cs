using System.Text.Json;
using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>Alert rules, dashboards and runbooks speak of metrics that the code has, and of each other.</summary>
public sealed partial class MonitoringTests
{
    private const string DataSource = "moodstream-prometheus";

    private static readonly string[] Rules = [.. Checkout.Files("deploy/prometheus/rules", "*.yml")];
    private static readonly string[] RuleTests = [.. Checkout.Files("deploy/prometheus/tests", "*.yml")];

    public static TheoryData<string> Dashboards => [.. Checkout.Files("deploy/grafana/dashboards", "*.json").Select(Checkout.Relative)];

    public static TheoryData<string> Expressions =>
        [.. Checkout.Files("deploy/prometheus", "*.yml").Concat(Checkout.Files("deploy/grafana/dashboards", "*.json")).Select(Checkout.Relative)];

    [Theory, MemberData(nameof(Expressions))]
    public void Metrics_OfRulesAndDashboards_ExistInTheCode(string file)
    {
        var known = ProductMetrics.All().SelectMany(Series).ToHashSet();
        var unknown = MetricName().Matches(Checkout.Read(file)).Select(m => m.Value).Distinct().Where(n => !known.Contains(n));

        Assert.Empty(unknown);
    }

    [Theory, MemberData(nameof(Expressions))]
    public void Labels_OfSelectors_AreThoseOfTheMetric(string file)
    {
        string[] everywhere = ["instance", "job", "le"];
        var labels = ProductMetrics.All().SelectMany(m => Series(m).Select(s => (s, m.Labels))).ToDictionary(p => p.s, p => p.Labels);
        var text = Checkout.Read(file).Replace("\\\"", "\"", StringComparison.Ordinal);
        var unknown =
            from selector in Selector().Matches(text)
            from label in Label().Matches(selector.Groups["labels"].Value)
            let name = label.Groups[1].Value
            where !labels[selector.Groups["metric"].Value].Contains(name) && !everywhere.Contains(name)
            select $"{selector.Groups["metric"].Value} has no label {name}";

        Assert.Empty(unknown);
    }

    [Fact]
    public void RecordedSeries_OfDashboardsAndAlerts_AreRecorded()
    {
        var recorded = Rules.SelectMany(f => Record().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).ToHashSet();
        var used = Expressions.SelectMany(f => RecordedName().Matches(Checkout.Read(f.Data))).Select(m => m.Value).Distinct();

        Assert.DoesNotContain(used, u => !recorded.Contains(u));
    }

    [Fact]
    public void Alerts_Each_HasAForASeverityAndARunbook()
    {
        var anchors = new MarkdownPage(Checkout.PathOf("docs", "operations.md")).Anchors;
        foreach (var (name, text) in Alerts())
        {
            Assert.Matches(@"\n\s+for: \d+[smhd]\n", text);
            Assert.Matches(@"\n\s+severity: (critical|warning)\n", text);
            Assert.Contains($"runbook_url: docs/operations.md#{name.ToLowerInvariant()}\n", text, StringComparison.Ordinal);
            Assert.Contains(name.ToLowerInvariant(), anchors);
        }
    }

    [Fact]
    public void Runbook_Headings_AreTheAlerts()
    {
        var headings = AlertHeading().Matches(Checkout.Read("docs", "operations.md")).Select(m => m.Groups[1].Value);

        Assert.Equal(Alerts().Select(a => a.Name).Order(), headings.Order());
    }

    [Fact]
    public void Alerts_Each_IsTestedToFireAndToStaySilent()
    {
        var tests = string.Concat(RuleTests.Select(File.ReadAllText)) + "\n";
        var untested =
            from alert in Alerts()
            from outcome in new[] { (Text: @"exp_alerts: \[\]", Name: "silence"), (Text: @"exp_alerts:\n\s+- exp_labels", Name: "firing") }
            where !Regex.IsMatch(tests, $@"alertname: {alert.Name}\n\s+{outcome.Text}")
            select $"{alert.Name}: {outcome.Name}";

        Assert.Empty(untested.Except(["MoodStreamPValuesNotUniform: silence"]));    // its silent gates stand beside the firing one
    }

    [Theory]
    [InlineData("check", "rules")]
    [InlineData("test", "rules")]
    public Task Rules_Promtool_AgreesWithThem(string verb, string what) =>
        Tool.RunAsync("promtool", "prometheus", [verb, what, .. verb == "test" ? RuleTests : Rules]);

    [Theory, MemberData(nameof(Dashboards))]
    public void Dashboard_Panels_AreWholeAndReadTheProvisionedDataSource(string file)
    {
        var board = JsonDocument.Parse(Checkout.Read(file)).RootElement;
        var panels = board.GetProperty("panels").EnumerateArray().ToList();

        Assert.Equal($"moodstream-{Path.GetFileNameWithoutExtension(file)}", board.GetProperty("uid").GetString());
        Assert.NotEmpty(panels);
        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, p =>
        {
            Assert.NotEmpty(p.GetProperty("description").GetString()!);
            Assert.NotEmpty(p.GetProperty("targets").EnumerateArray());
            Assert.All(p.GetProperty("targets").EnumerateArray().Append(p),
                t => Assert.Equal(DataSource, t.GetProperty("datasource").GetProperty("uid").GetString()));
            var place = p.GetProperty("gridPos");
            Assert.InRange(place.GetProperty("x").GetInt32() + place.GetProperty("w").GetInt32(), 1, 24);
        });
    }

    [Fact]
    public void DataSource_Provisioned_HasTheUidOfTheDashboards() =>
        Assert.Contains($"uid: {DataSource}\n", Checkout.Read("deploy", "grafana", "provisioning", "datasources", "prometheus.yml"), StringComparison.Ordinal);

    private static IEnumerable<string> Series(DeclaredMetric metric) =>
        metric.Type == "histogram" ? new[] { "_bucket", "_sum", "_count" }.Select(s => metric.Name + s) : [metric.Name];

    private static List<(string Name, string Text)> Alerts() =>
        [.. Rules.SelectMany(f => Alert().Matches(File.ReadAllText(f))).Select(m => (m.Groups["name"].Value, m.Value))];

    [GeneratedRegex(@"\bmoodstream_[a-z0-9_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\b(?<metric>moodstream_[a-z0-9_]+)\{(?<labels>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?:^|,)\s*([a-z_]+)\s*(?:=|!=|=~|!~)")]
    private static partial Regex Label();

    [GeneratedRegex(@"record: (\S+)")]
    private static partial Regex Record();

    [GeneratedRegex(@"\bmoodstream:[a-z0-9_]+:[a-z0-9_]+")]
    private static partial Regex RecordedName();

    [GeneratedRegex(@"- alert: (?<name>\w+)\n(?:(?!\s*- alert:).*\n)+")]
    private static partial Regex Alert();

    [GeneratedRegex(@"^### (MoodStream\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertHeading();
}
