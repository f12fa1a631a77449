using System.Text;
using MoodStream.Contracts;
using MoodStream.Scorer;
using MoodStream.Scorer.Pipeline;
using MoodStream.ScorerTests.Fakes;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;

namespace MoodStream.ScorerTests.Pipeline;

/// <summary>The way of images through the whole scorer.</summary>
public sealed class ScoringPipelineTests(Backbones backbones)
{
    [Fact]
    public async Task Run_AnyInput_EveryRecordEndsOnceAndIsThenCompleted()
    {
        await using var scorer = await StartAsync();
        scorer.Consumer.Write(Enumerable.Range(0, 40).Select(i => Records.Input(i, (i % 4) switch
        {
            0 => backbones.Accepted,
            1 => backbones.Reviewed,
            2 => TestImages.Text,
            _ => TestImages.Drawn(i),
        })));
        await scorer.CompletedAsync(40);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), scorer.Consumer.Completed.Select(p => p.Offset).Order());
        var letters = scorer.Producer.WrittenTo(Topics.DeadLetters).Select(r => long.Parse(r.Text(RecordHeaders.DeadLetterOffset)!));
        var scored = scorer.Producer.WrittenTo(Topics.Accepted).Concat(scorer.Producer.WrittenTo(Topics.Review)).Select(r => r.Scored().Offset());
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), letters.Concat(scored).Order());
        Assert.Equal(10, scorer.Producer.WrittenTo(Topics.DeadLetters).Count);
        Assert.Equal((Topics.Images, ConsumerGroups.Scorer), (scorer.Consumer.Subscription!.Topics.Single(), scorer.Consumer.Subscription.Group));
    }

    [Fact]
    public async Task Run_AcknowledgementsHeldBack_NothingIsCompletedUntilTheyCome()
    {
        await using var scorer = await StartAsync();
        scorer.Producer.HeldBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Consumer.Write(Inputs(0, 4));
        await Eventually.HoldsAsync(() => scorer.Producer.Called.Count == 4, "all four outputs are on their way");
        Assert.Empty(scorer.Consumer.Completed);

        scorer.Producer.HeldBack.SetResult();
        await scorer.CompletedAsync(4);
    }

    [Fact]
    public async Task Run_DeadLetterNotAcknowledged_IsNotCompleted()
    {
        await using var scorer = await StartAsync();
        scorer.Producer.HeldBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Consumer.Write(Records.Input(0, TestImages.Text));
        await Eventually.HoldsAsync(() => scorer.Producer.Called.Count == 1, "the dead letter is on its way");
        Assert.Empty(scorer.Consumer.Completed);

        scorer.Producer.HeldBack.SetResult();
        await scorer.CompletedAsync(1);
    }

    [Fact]
    public async Task Run_WritingADeadLetterTakesLong_ImagesBehindItAreJudged()
    {
        await using var scorer = await StartAsync();
        var judged = new TaskCompletionSource();
        scorer.Producer.Failure = record =>
        {
            if (record.Topic == Topics.DeadLetters) ((IAsyncResult)judged.Task).AsyncWaitHandle.WaitOne();
            return null;
        };
        try
        {
            scorer.Consumer.Write(Records.Input(0, TestImages.Text), Records.Input(1, backbones.Accepted));
            await Eventually.HoldsAsync(() => scorer.Producer.WrittenTo(Topics.Accepted).Count == 1, "the image behind the bad one is judged");
            Assert.Empty(scorer.Producer.WrittenTo(Topics.DeadLetters));
        }
        finally
        {
            judged.SetResult();
        }
        await scorer.CompletedAsync(2);
    }

    [Fact]
    public async Task Run_SeveralDecodeWorkers_OrderPerKeyIsKept()
    {
        await using var scorer = await StartAsync();
        // Every fifth image takes far longer to decode than its neighbours.
        scorer.Consumer.Write(Enumerable.Range(0, 60).Select(i => Records.Input(i, TestImages.Drawn(i, side: i % 5 == 0 ? 900 : 16), key: $"belt-{i % 3}")));
        await scorer.CompletedAsync(60);
        AssertOrdered(scorer.Producer.Called);
    }

    [Fact]
    public async Task Run_OneImageTakesLong_ThoseOfOtherSourcesGoOnAndItsOwnWait()
    {
        await using var scorer = await StartAsync();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Images.BeforeRead = _ => slow.Task;
        var reference = scorer.Images.Keep(backbones.Accepted);
        scorer.Consumer.Write(Records.Input(0, null, key: "belt-0", headers: (RecordHeaders.DataReference, reference)));
        scorer.Consumer.Write(Enumerable.Range(1, 8).Select(i => Records.Input(i, backbones.Accepted, key: $"belt-{i % 4}")));
        await Eventually.HoldsAsync(() => scorer.Producer.Called.Count == 6, "the other belts' images are judged");
        Assert.DoesNotContain(scorer.Producer.Called, r => Encoding.UTF8.GetString(r.Key!) == "belt-0");

        slow.SetResult();
        await scorer.CompletedAsync(9);
        AssertOrdered(scorer.Producer.Called);
    }

    [Fact]
    public async Task Run_DeadLettersWaitForAnImageBehindABadOne_AllEnd()
    {
        // As under exactly-once: an output is acknowledged once every earlier record of its partition has its own.
        await using var scorer = await StartAsync(Settings.One(backbones) with { MaxBufferedRecords = 8 });
        var (slow, first) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        scorer.Images.BeforeRead = _ => slow.Task;
        scorer.Producer.BeforeAcknowledging = record =>
        {
            if (record.Input is { Partition: 0, Offset: 0 }) first.TrySetResult();
            return record.Input!.Value.Partition == 0 ? first.Task : Task.CompletedTask;
        };
        var nothing = FakeImageStore.ReferenceOf(backbones.Accepted);
        scorer.Consumer.Write(Records.Input(0, null, "belt-1", partition: 1, headers: (RecordHeaders.DataReference, nothing)));
        scorer.Consumer.Write(Records.Input(0, backbones.Accepted, "belt-1"));
        scorer.Consumer.Write(Enumerable.Range(1, 40).Select(i => Records.Input(i, TestImages.Text, key: "belt-2")));
        await Eventually.HoldsAsync(() => scorer.Consumer.Held == 40, "all bad images wait, and each is counted");

        slow.SetResult();
        await scorer.CompletedAsync(42);
        await Eventually.HoldsAsync(() => scorer.Consumer.Held == 0, "nothing is held");
    }

    [Fact]
    public async Task Run_FirstReviewedImageIsStoredSlowly_OrderPerKeyIsKept()
    {
        await using var scorer = new RunningScorer(Settings.One(backbones, WithoutStatistics.Review));
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (first, stored) = (TestImages.Drawn(0), 0);
        scorer.Images.BeforePut = bytes =>
        {
            if (bytes.AsSpan().SequenceEqual(first)) return others.Task;
            if (Interlocked.Increment(ref stored) == 3) others.SetResult();
            return Task.CompletedTask;
        };
        await scorer.StartAsync();
        scorer.Consumer.Write(Enumerable.Range(0, 4).Select(i => Records.Input(i, TestImages.Drawn(i))));
        scorer.Consumer.Write(Enumerable.Range(4, 8).Select(i => Records.Input(i, TestImages.Drawn(i))));
        await scorer.CompletedAsync(12);
        AssertOrdered(scorer.Producer.Called);
    }

    [Fact]
    public async Task Run_SeveralDecodeWorkers_NoMoreImagesAreDecodedAtOnce()
    {
        await using var scorer = new RunningScorer(Settings.One(backbones, WithoutStatistics.Review) with { DecodeWorkers = 2 });
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var most = 0;
        scorer.Images.BeforeRead = underWay =>
        {
            most = Math.Max(most, underWay);
            return release.Task;
        };
        await scorer.StartAsync();
        var reference = scorer.Images.Keep(backbones.Accepted);
        scorer.Consumer.Write(Enumerable.Range(0, 10).Select(i => Records.Input(i, null, headers: (RecordHeaders.DataReference, reference))));
        await Eventually.HoldsAsync(() => Volatile.Read(ref most) == 2, "both workers work");
        release.SetResult();
        await scorer.CompletedAsync(10);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Run_BadImageBetweenGoodOnes_NeighboursScoreAsTheyDoAlone()
    {
        await using var scorer = await StartAsync();
        scorer.Consumer.Write(
            Records.Input(0, backbones.Accepted), Records.Input(1, TestImages.CutJpeg), Records.Input(2, backbones.Reviewed),
            Records.Input(3, null), Records.Input(4, backbones.Accepted));
        await scorer.CompletedAsync(5);

        var accepted = scorer.Producer.WrittenTo(Topics.Accepted).Select(r => r.Scored()).ToList();
        var review = Assert.Single(scorer.Producer.WrittenTo(Topics.Review)).Scored();
        Assert.Equal([0L, 4L], accepted.Select(a => a.Offset()));
        Assert.All(accepted, a => AssertClose(backbones.Judge(backbones.Accepted).Score, a.Score!.Value));
        AssertClose(backbones.Judge(backbones.Reviewed).Score, review.Score!.Value);
        Assert.Equal(["truncated", "empty"], scorer.Producer.WrittenTo(Topics.DeadLetters).Select(r => r.Text(RecordHeaders.DeadLetterReason)));
    }

    [Fact]
    public async Task Run_PartitionNoLongerOwned_IsNeitherScoredNorCompleted()
    {
        await using var scorer = await StartAsync(Settings.One(backbones).Patient());
        scorer.Consumer.Lose(partition: 1);
        scorer.Consumer.Write(Enumerable.Range(0, 8).Select(i => Records.Input(i, backbones.Accepted, partition: i % 2)));
        await scorer.CompletedAsync(4);
        await scorer.Pipeline.StopAsync(RunningScorer.Cancellation);
        Assert.All(scorer.Consumer.Completed, p => Assert.Equal(0, p.Partition));
        Assert.Equal([0L, 2L, 4L, 6L], scorer.Producer.Called.Select(r => r.Scored().Offset()));
    }

    [Fact]
    public async Task Stop_ImagesInHand_AreDrainedBeforeItEnds()
    {
        await using var scorer = await StartAsync(Settings.One(backbones).Patient());
        scorer.Producer.HeldBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Consumer.Write(Inputs(0, 6));                                   // one batch, and a half that only the end closes
        await Eventually.HoldsAsync(() => scorer.Producer.Called.Count == 4, "the first batch is on its way");

        var stop = scorer.Pipeline.StopAsync(RunningScorer.Cancellation);
        await Eventually.HoldsAsync(() => scorer.Producer.Called.Count == 6, "the second batch is on its way");
        Assert.False(stop.IsCompleted);
        scorer.Producer.HeldBack.SetResult();
        await stop;

        Assert.Equal(6, scorer.Consumer.Completed.Count);
        Assert.Equal((PipelinePhase.Stopped, null), (scorer.Pipeline.Phase, scorer.Pipeline.Fault));
        Assert.True(scorer.Consumer.Disposed);
    }

    private async Task<RunningScorer> StartAsync(ScorerSettings? settings = null)
    {
        var scorer = new RunningScorer(settings ?? Settings.One(backbones));
        scorer.Statistics.Activate("default", 1, backbones.Statistics);
        await scorer.StartAsync();
        return scorer;
    }

    private IEnumerable<ReceivedRecord> Inputs(int first, int count) =>
        Enumerable.Range(first, count).Select(i => Records.Input(i, backbones.Accepted));

    private static void AssertOrdered(IEnumerable<OutgoingRecord> outputs)
    {
        foreach (var one in outputs.GroupBy(r => (r.Topic, Encoding.UTF8.GetString(r.Key!))))
        {
            var offsets = one.Select(r => r.Scored().Offset()).ToList();
            Assert.Equal(offsets.Order(), offsets);
        }
    }

    private static void AssertClose(double expected, double actual) => Assert.Equal(expected, actual, tolerance: 1e-3 * Math.Abs(expected));
}
