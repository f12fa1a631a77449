using System.Globalization;
using System.Text.RegularExpressions;
using MoodStream.Contracts;

namespace MoodStream.RepositoryTests;

/// <summary>deploy/kafka/create-topics.sh creates the topics of the contracts.</summary>
public sealed partial class TopicTests
{
    [Fact]
    public void CreateTopics_Script_EqualsTheContracts()
    {
        var script = Topic().Matches(Checkout.Read("deploy", "kafka", "create-topics.sh"))
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value));
        var contracts = Topics.All.Select(t =>
            (t.Name, $"{t.Partitions}", (t.Retention?.TotalMilliseconds ?? -1).ToString("0", CultureInfo.InvariantCulture)));

        Assert.Equal(contracts, script);
    }

    [GeneratedRegex(@"^create (moodstream\.\S+) +(\d+) +(-?\d+)$", RegexOptions.Multiline)]
    private static partial Regex Topic();
}

/// <summary>compose.yaml and the Dockerfile fit each other and give nothing away.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Compose = Checkout.Read("compose.yaml");
    private static readonly string Dockerfile = Checkout.Read("deploy", "docker", "Dockerfile");

    [Fact]
    public void Compose_BuildTargets_AreStagesOfTheDockerfile()
    {
        var stages = Stage().Matches(Dockerfile).Select(m => m.Groups[1].Value).ToHashSet();
        var targets = Target().Matches(Compose).Select(m => m.Groups[1].Value).ToList();

        Assert.Equal(["gateway", "scorer", "trainer"], targets.Order());
        Assert.Subset(stages, targets.ToHashSet());
    }

    [Fact]
    public void Compose_Ports_AreBoundToLoopback()
    {
        var ports = Port().Matches(Compose).Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(ports);
        Assert.All(ports, p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
    }

    [Fact]
    public void Compose_Files_HoldNoSecret() =>
        Assert.DoesNotMatch(@"(?i)(password|secret|token)\s*[:=]\s*[^\s$]", Compose + Dockerfile);

    [Fact]
    public void Dockerfile_ServiceStages_RunWithoutRoot()
    {
        foreach (var service in new[] { "gateway", "scorer", "trainer" })
        {
            var stage = Dockerfile[Dockerfile.IndexOf($" AS {service}\n", StringComparison.Ordinal)..];
            var end = stage.IndexOf("\nFROM ", StringComparison.Ordinal);
            Assert.Contains("USER $APP_UID", end < 0 ? stage : stage[..end], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Compose_Settings_ExistInTheCode()
    {
        var known = DocumentedSetting().Matches(Checkout.Read("docs", "settings.md"))
            .Select(m => new Regex($"^{m.Groups[1].Value.Replace("<name>", "[^:]+", StringComparison.Ordinal)}$"))
            .ToList();
        var unknown = Setting().Matches(Compose)
            .Select(m => m.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal))
            .Where(s => !known.Exists(k => k.IsMatch(s)));

        Assert.Empty(unknown);
    }

    [GeneratedRegex(@"^FROM \S+ AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex(@"^\s+target: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"^\s+- ""([\d.:]+:\d+)""$", RegexOptions.Multiline)]
    private static partial Regex Port();

    [GeneratedRegex(@"^\| `(MoodStream:\S+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedSetting();

    [GeneratedRegex(@"^\s+(MoodStream__\w+):", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
