using MoodStream.Streaming.Delivery;

namespace MoodStream.StreamingTests.Delivery;

public sealed class SeenImagesTests
{
    [Fact]
    public void IsFirst_RepeatsInsideTheWindow_AreToldFromFirsts()
    {
        var seen = new SeenImages(3);
        string[] ids = ["a", "b", "a", "c", "b"];
        Assert.Equal([true, true, false, true, false], ids.Select(seen.IsFirst));
    }

    [Fact]
    public void IsFirst_RepeatBeyondTheWindow_IsTakenForNew()
    {
        var seen = new SeenImages(2);
        string[] ids = ["a", "b", "c", "a", "c"];
        Assert.Equal([true, true, true, true, false], ids.Select(seen.IsFirst));
    }

    [Fact]
    public void IsFirst_AtLeastOnceStreamWithRedelivery_LeavesEachIdOnce()
    {
        var first = Enumerable.Range(0, 1_000).Select(i => $"id-{i}");
        var redelivered = Enumerable.Range(700, 600).Select(i => $"id-{i}");
        var seen = new SeenImages(500);
        Assert.Equal(Enumerable.Range(0, 1_300).Select(i => $"id-{i}"), first.Concat(redelivered).Where(seen.IsFirst));
    }

    [Fact]
    public void Constructor_NoWindow_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new SeenImages(0));
}
