using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Scorer;
using MoodStream.Streaming.Kafka;

namespace MoodStream.RepositoryTests;

/// <summary>The tables of the documentation say what the code says.</summary>
public sealed partial class DocTableTests
{
    [Fact]
    public void Topics_Table_EqualsTheContracts() =>
        DocTable.MustBe("docs/topics.md", "Topics", [.. Topics.All.Select(t => new[]
        {
            Code(t.Name),
            $"{t.Partitions}",
            t.Retention is { } retention ? $"{retention.TotalDays:0} days" : "for good",
        })]);

    [Fact]
    public void Headers_Table_EqualsTheContracts() =>
        DocTable.MustBe("docs/topics.md", "Headers", Constants(typeof(RecordHeaders)));

    [Fact]
    public void EventTypes_Table_EqualsTheContracts() =>
        DocTable.MustBe("docs/topics.md", "Event types", Constants(typeof(EventTypes)));

    [Fact]
    public void ConsumerGroups_Table_EqualsTheContracts() =>
        DocTable.MustBe("docs/topics.md", "Consumer groups", Constants(typeof(ConsumerGroups)));

    [Fact]
    public void IngressSettings_GroupThatIsWatched_IsTheScorersOwn() =>
        Assert.Equal(new ScorerSettings().Group, new IngressSettings().Group);

    [Fact]
    public void Result_Table_EqualsTheContracts() =>
        DocTable.MustBe("docs/topics.md", "The result",
            [.. WireJson.Default.ImageScored.Properties.Select(p => new[] { Code(p.Name) })]);

    [Fact]
    public void DeadLetterReasons_Table_EqualsTheContracts() =>
        DocTable.MustBe("docs/topics.md", "Dead-letter reasons",
            [.. Enum.GetValues<DeadLetterReason>().Select(r => new[] { Code(r.WireName()) })]);

    [Fact]
    public void RedisKeys_Table_EqualsTheContracts()
    {
        var keys = typeof(RedisKeys).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => m.ReturnType == typeof(string))
            .Select(m => new[] { Code(KeyPattern(m)) });

        DocTable.MustBe("docs/redis.md", "Keys", [.. keys]);
    }

    [Fact]
    public void RedisChannels_Table_EqualsTheContracts() =>
        DocTable.MustBe("docs/redis.md", "Channels", Constants(typeof(RedisKeys)));

    [Fact]
    public void Metrics_Table_EqualsTheCode() =>
        DocTable.MustBe("docs/metrics.md", "Metrics", [.. ProductMetrics.All().Select(m => new[]
        {
            Code(m.Name),
            m.Type,
            m.Labels.Count == 0 ? "–" : string.Join(", ", m.Labels.Select(Code)),
            m.Help.Replace("|", @"\|", StringComparison.Ordinal),
        })]);

    [Fact]
    public void Metrics_LiteralsInTheSource_AreAllFoundByReflection()
    {
        var known = ProductMetrics.All().Select(m => m.Name).ToHashSet();
        var unknown = Checkout.Files("src", "*.cs")
            .SelectMany(f => MetricName().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value)
            .Where(n => !known.Contains(n));

        Assert.Empty(unknown);
    }

    [Fact]
    public void Metrics_Names_FollowTheRule() =>
        Assert.All(ProductMetrics.All(), m =>
        {
            Assert.Matches("^moodstream_[a-z]+(_[a-z0-9]+)+$", m.Name);
            Assert.Equal(m.Type == "counter", m.Name.EndsWith("_total", StringComparison.Ordinal));
        });

    [Fact]
    public void LogEvents_Table_EqualsTheCode() =>
        DocTable.MustBe("docs/log-events.md", "Events", [.. LogEvents().Select(e => new[]
        {
            $"{e.Event.EventId}",
            e.Event.Level.ToString().ToLowerInvariant(),
            e.Event.Message.Replace("|", @"\|", StringComparison.Ordinal),
        })]);

    [Fact]
    public void LogEvents_Ids_AreUniqueAndInTheRangeOfTheirProject()
    {
        var ranges = new Dictionary<string, int> { ["Gateway"] = 1, ["Scorer"] = 2, ["Trainer"] = 3, ["Streaming"] = 4, ["Cli"] = 5 };
        var events = LogEvents();

        Assert.Equal(events.Count, events.Select(e => e.Event.EventId).Distinct().Count());
        Assert.DoesNotContain(events, e => e.Event.EventId / 1000 != ranges[e.Project]);
    }

    private static List<(string Project, LoggerMessageAttribute Event)> LogEvents() =>
        [.. from project in Checkout.AssemblyNames.Keys
            from type in Checkout.AssemblyOf(project).GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            let logEvent = method.GetCustomAttribute<LoggerMessageAttribute>()
            where logEvent is not null
            orderby logEvent.EventId
            select (project, logEvent)];

    private static string[][] Constants(Type type) =>
        [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral)
            .Select(f => new[] { Code((string)f.GetRawConstantValue()!) })];

    private static string KeyPattern(MethodInfo key)
    {
        const int marker = 424242;
        var parameters = key.GetParameters();
        var values = parameters.Select(p => p.ParameterType == typeof(string)
            ? $"<{p.Name}>"
            : Convert.ChangeType(marker, p.ParameterType, CultureInfo.InvariantCulture)).ToArray();
        var number = parameters.FirstOrDefault(p => p.ParameterType != typeof(string))?.Name;
        return ((string)key.Invoke(null, values)!).Replace($"{marker}", $"<{number}>", StringComparison.Ordinal);
    }

    private static string Code(string text) => $"`{text}`";

    [GeneratedRegex("\"(moodstream_[a-z0-9_]+)\"")]
    private static partial Regex MetricName();
}
