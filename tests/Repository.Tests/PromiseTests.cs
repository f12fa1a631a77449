using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>Each promise of the README has a row in docs/reliability.md that names tests, so that none is a mere sentence.</summary>
public sealed partial class PromiseTests
{
    [Fact]
    public void Promises_OfTheReadme_EachHaveARowThatNamesATest()
    {
        var readme = Checkout.Read("README.md");
        var promises = Numbered().Matches(Section(readme, "## What it promises")).Select(m => int.Parse(m.Groups[1].Value)).ToArray();
        var rows = Row().Matches(Checkout.Read("docs", "reliability.md"))
            .Select(m => (Promise: int.Parse(m.Groups[1].Value), Test: m.Groups[2].Value)).ToArray();

        Assert.NotEmpty(promises);
        Assert.Equal(promises, rows.Select(r => r.Promise).Distinct().Order());
        Assert.All(rows, r => Assert.Matches("`[A-Z]|\\]\\(", r.Test));
    }

    [Fact]
    public void Limits_OfTheManifests_AreThoseThatBenchmarksCompareWith()
    {
        var source = Checkout.Read("bench", "Rig", "MemoryLimits.cs");
        Assert.Contains("GatewayMiB = 1_024", source, StringComparison.Ordinal);
        Assert.Contains("ScorerMiB = 3_072", source, StringComparison.Ordinal);
        Assert.Matches("limits:\\s+memory: 1Gi", Checkout.Read("deploy", "k8s", "base", "gateway.yaml"));
        Assert.Matches("limits:\\s+memory: 3Gi", Checkout.Read("deploy", "k8s", "base", "scorer.yaml"));
    }

    private static string Section(string text, string heading)
    {
        var from = text.IndexOf(heading, StringComparison.Ordinal);
        return text[from..text.IndexOf("\n## ", from + 1, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^(\d+)\. \*\*", RegexOptions.Multiline)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^\| (\d+) \|[^|]*\|(.*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
