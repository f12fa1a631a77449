using MoodStream.Trainer.Drift;

namespace MoodStream.TrainerTests.Drift;

public sealed class ScoredOrderTests : IDisposable
{
    private readonly DriftFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Due_ImagesOfTwoTopics_ComeInTheOrderOfScoringOnceTheyHaveWaited()
    {
        var order = new ScoredOrder(TimeSpan.FromSeconds(5));
        var images = _fixture.Images("a", 6).ToArray();                          // scored a second apart
        foreach (var image in images.Where((_, i) => i % 3 != 0).Concat(images.Where((_, i) => i % 3 == 0))) order.Add(image);
        Assert.Equal(images[..3], order.Due(images[2].ScoredAt.AddSeconds(5)));
        Assert.Equal(3, order.Count);
        Assert.Empty(order.Due(images[2].ScoredAt.AddSeconds(5)));
        Assert.Equal(images[3..], order.Due(images[5].ScoredAt.AddSeconds(9)));
    }
}
