using MoodStream.Scorer.Telemetry;

namespace MoodStream.ScorerTests.Telemetry;

/// <summary>Labels of sources stay within the bound, whatever is sent.</summary>
public sealed class SourceLabelsTests
{
    [Fact]
    public void Of_SourcesBeyondTheBound_ShareOneValue()
    {
        var labels = new SourceLabels(most: 2);

        Assert.Equal(["belt-1", "belt-2", "<other>", "belt-1", "<other>"],
            new[] { "belt-1", "belt-2", "belt-3", "belt-1", "belt-4" }.Select(labels.Of));
    }

    [Fact]
    public void Of_ABoundOfNone_LabelsNoSource() => Assert.Equal("<other>", new SourceLabels(most: 0).Of("belt-1"));

    [Fact]
    public void Of_ManySourcesAtOnce_NeverExceedsTheBound()
    {
        var labels = new SourceLabels(most: 10);
        var values = new System.Collections.Concurrent.ConcurrentBag<string>();

        Parallel.For(0, 10_000, i => values.Add(labels.Of($"source-{i % 500}")));

        Assert.Equal(11, values.Distinct().Count());
    }
}
