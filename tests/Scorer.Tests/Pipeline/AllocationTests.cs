using MoodStream.Contracts;
using MoodStream.TestKit;

namespace MoodStream.ScorerTests.Pipeline;

/// <summary>
/// Managed memory that an image costs a scorer that has been running for a while. A count of bytes, not of time: it is the same on a
/// busy machine.
/// </summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests(Backbones backbones)
{
    private const int Before = 600, Measured = 2_000;

    /// <summary>
    /// Bytes allowed for an image, from the record to the acknowledged verdict, the Kafka client left out: it makes the record, its
    /// key, value and headers, and copies what is produced. Measured: 6,769 when the bound was set, a fifth above it.
    /// </summary>
    private const double MostBytes = 8 * 1024;

    [Fact]
    public async Task Run_SteadyState_AllocatesNoMoreThanItsBound()
    {
        var settings = Settings.One(backbones) with { MaxBatchCount = 16, DecodeWorkers = 2 };
        await using var scorer = new RunningScorer(settings);
        scorer.Statistics.Activate("default", 1, backbones.Statistics);
        await scorer.StartAsync();
        await RunAsync(scorer, 0, Before);

        var bytes = await RunAsync(scorer, Before, Measured);

        TestContext.Current.TestOutputHelper!.WriteLine($"{bytes:F0} bytes an image");
        Assert.InRange(bytes, 0, MostBytes);
    }

    /// <summary>Managed bytes for each of some images.</summary>
    private async Task<double> RunAsync(RunningScorer scorer, int first, int count)
    {
        var reference = scorer.Images.Keep(backbones.Accepted);
        var records = Enumerable.Range(first, count).Select(i => Records.Input(i, null, headers: (RecordHeaders.DataReference, reference))).ToArray();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        scorer.Consumer.Write(records);
        await Eventually.HoldsAsync(
            () => scorer.Pipeline.Fault is not null || scorer.Consumer.CompletedCount >= first + count, "the images are completed");
        Assert.Null(scorer.Pipeline.Fault);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count;
    }
}

/// <summary>Tests that count what the whole process does: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
