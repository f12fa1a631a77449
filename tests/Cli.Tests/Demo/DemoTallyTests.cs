using Microsoft.Extensions.Time.Testing;
using MoodStream.Cli.Demo;
using MoodStream.Contracts;

namespace MoodStream.CliTests.Demo;

public sealed class DemoTallyTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void End_TwiceOnceForeignOnceMissing_AreCountedApart()
    {
        var tally = new DemoTally(_clock);
        tally.Sent("a", Image(null), null);
        tally.Sent("b", Image("scratch"), null);
        Assert.True(tally.End("a", Topics.Accepted, null));
        Assert.False(tally.End("a", Topics.Accepted, null));
        Assert.False(tally.End("of-another-client", Topics.Review, null));
        Assert.Equal((2, 1, 1, 1, 1), (tally.In, tally.Ended, tally.Duplicates, tally.Foreign, tally.Outstanding));
    }

    [Fact]
    public void End_AfterAWhile_BooksTheLatency()
    {
        var tally = new DemoTally(_clock);
        tally.Sent("a", Image(null), null);
        _clock.Advance(TimeSpan.FromMilliseconds(40));
        tally.End("a", Topics.Accepted, null);
        Assert.Equal(40, tally.Images.Single().Latency.TotalMilliseconds);
    }

    [Fact]
    public void NotSent_AfterAFailedWrite_IsNeitherInNorLost()
    {
        var tally = new DemoTally(_clock);
        tally.Sent("a", Image(null), null);
        tally.NotSent("a");
        Assert.Equal((0, 0), (tally.In, tally.Outstanding));
    }

    private static TrafficImage Image(string? truth) => new([], truth, "1");
}
