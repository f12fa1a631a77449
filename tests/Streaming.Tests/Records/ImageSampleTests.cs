using MoodStream.Streaming.Records;

namespace MoodStream.StreamingTests.Records;

public sealed class ImageSampleTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 10_000).Select(i => $"image-{i}")];

    [Fact]
    public void Draws_OfTenThousandIds_AboutItsShareAndTheSameEveryTime()
    {
        var drawn = Ids.Where(id => ImageSample.Draws("audit", id, 0.1)).ToHashSet();

        Assert.InRange(drawn.Count, 880, 1120);                        // four standard deviations: sqrt(10,000 × 0.1 × 0.9) = 30
        Assert.All(drawn, id => Assert.True(ImageSample.Draws("audit", id, 0.2)));
        Assert.DoesNotContain(Ids, id => ImageSample.Draws("audit", id, 0));
        Assert.All(Ids, id => Assert.True(ImageSample.Draws("audit", id, 1)));
    }

    [Fact]
    public void Draws_ForTwoPurposes_AreIndependent()
    {
        var both = Ids.Count(id => ImageSample.Draws("one", id, 0.1) && ImageSample.Draws("other", id, 0.1));

        Assert.InRange(both, 60, 140);                                 // 100 expected, four standard deviations of 10
    }
}
