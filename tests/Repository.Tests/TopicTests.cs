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
