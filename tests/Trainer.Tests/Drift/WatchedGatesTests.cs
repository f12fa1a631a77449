using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Trainer.Drift;

namespace MoodStream.TrainerTests.Drift;

/// <summary>Which statistics an image is watched with.</summary>
public sealed class WatchedGatesTests : IDisposable
{
    private readonly DriftFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task OfAsync_WhileScorersSwap_PassesOverTheVersionThatWasLeft()
    {
        var reads = new List<long>();
        using var gates = new WatchedGates((_, version, _) => { reads.Add(version); return Task.FromResult<byte[]?>(_fixture.Blob); }, NullLogger.Instance);
        var image = _fixture.Images("a", 1).Single();
        Task<WatchedGate?> OfAsync(long version, double seconds) => gates.OfAsync(
            image with { StatisticsVersion = version, ScoredAt = DriftFixture.Start.AddSeconds(seconds) }, TestContext.Current.CancellationToken);
        var first = await OfAsync(1, 0);
        Assert.Same(first, await OfAsync(1, 1));
        var second = await OfAsync(2, 10);
        Assert.Equal(2, second!.Version);
        Assert.Null(await OfAsync(1, 11));
        Assert.Same(second, await OfAsync(2, 12));
        Assert.Equal([1, 2], reads);
        Assert.Equal(1, (await OfAsync(1, 100))!.Version);                            // rolled back
    }

    [Fact]
    public async Task OfAsync_WithoutStatisticsOrPValue_IsPassedOver()
    {
        using var gates = new WatchedGates((_, version, _) => Task.FromResult<byte[]?>(version == 1 ? null : [1, 2, 3]), NullLogger.Instance);
        var image = _fixture.Images("a", 1).Single();
        Task<WatchedGate?> OfAsync(ImageScored i) => gates.OfAsync(i, TestContext.Current.CancellationToken);
        Assert.Null(await OfAsync(image));
        Assert.Null(await OfAsync(image with { StatisticsVersion = 2 }));
        Assert.Null(await OfAsync(image with { PValue = null }));
        Assert.Null(await OfAsync(image with { StatisticsVersion = 0 }));
    }
}
