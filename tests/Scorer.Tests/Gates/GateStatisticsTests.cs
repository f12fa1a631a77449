using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoodStream.Contracts;
using MoodStream.Scorer;
using MoodStream.Scorer.Pipeline;
using MoodStream.ScorerTests.Pipeline;
using MoodStream.TestKit;

namespace MoodStream.ScorerTests.Gates;

/// <summary>Which statistics a gate judges with, and what it does without.</summary>
public sealed class GateStatisticsTests(Backbones backbones)
{
    [Fact]
    public async Task Hold_NoStatistics_NothingEndsUntilTheyCome()
    {
        await using var scorer = await StartAsync(Settings.One(backbones));
        Write(scorer, 0, 6);
        await Eventually.HoldsAsync(() => scorer.Consumer.Waiting == 0, "the images are in hand");
        var health = await scorer.GatesHealthAsync();
        Assert.Equal((HealthStatus.Unhealthy, "gate default: it has no active statistics"), (health.Status, health.Description));
        Assert.Empty(scorer.Producer.Called);
        Assert.Empty(scorer.Consumer.Completed);

        scorer.Statistics.Activate("default", 3, backbones.Statistics);
        await scorer.CompletedAsync(6);
        Assert.All(scorer.Producer.WrittenTo(Topics.Accepted), r => Assert.Equal(3, r.Scored().StatisticsVersion));
        Assert.Equal(HealthStatus.Healthy, (await scorer.GatesHealthAsync()).Status);
    }

    [Fact]
    public async Task Hold_PartitionsGoMeanwhile_TheirImagesAreLetGoUnwritten()
    {
        await using var scorer = await StartAsync(Settings.One(backbones));
        scorer.Consumer.Write(Enumerable.Range(0, 4).Select(i => Records.Input(i, backbones.Accepted, partition: i % 2)));
        await Eventually.HoldsAsync(() => scorer.Consumer.Waiting == 0, "the images are in hand");
        scorer.Consumer.Lose(partition: 1);
        scorer.Statistics.Activate("default", 1, backbones.Statistics);
        await scorer.CompletedAsync(2);
        await scorer.Pipeline.StopAsync(RunningScorer.Cancellation);
        Assert.Equal([0L, 2L], scorer.Producer.Called.Select(r => r.Scored().Offset()));
        Assert.All(scorer.Consumer.Completed, p => Assert.Equal(0, p.Partition));
    }

    [Fact]
    public async Task Hold_AllPartitionsGo_NothingIsWrittenUnscored()
    {
        await using var scorer = await StartAsync(Settings.One(backbones));
        Write(scorer, 0, 4);
        await Eventually.HoldsAsync(() => scorer.Consumer.Waiting == 0, "the images are in hand");
        scorer.Consumer.Lose(partition: 0);
        await scorer.Pipeline.StopAsync(RunningScorer.Cancellation);
        Assert.Empty(scorer.Producer.Called);
    }

    [Fact]
    public async Task Hold_Stopped_EndsWithNothingWrittenAndNoFault()
    {
        await using var scorer = await StartAsync(Settings.One(backbones));
        Write(scorer, 0, 9);
        await Eventually.HoldsAsync(() => scorer.Consumer.Waiting == 0, "the images are in hand");
        scorer.Lifetime.StopApplication();                                    // a host says so before it stops its services
        await scorer.Pipeline.StopAsync(RunningScorer.Cancellation);
        Assert.Equal((PipelinePhase.Stopped, null), (scorer.Pipeline.Phase, scorer.Pipeline.Fault));
        Assert.Empty(scorer.Producer.Called);
        Assert.Empty(scorer.Consumer.Completed);
    }

    [Fact]
    public async Task Hold_StatisticsGoJustBeforeABatch_TheBatchIsHeldAllTheSame()
    {
        await using var scorer = await StartAsync(Settings.One(backbones), backbones.Statistics);
        var device = await scorer.BlockDeviceAsync();
        scorer.Statistics.Activate("default", 9, blob: null);
        await Eventually.HoldsAsync(() => scorer.Statistics.Begun == 2, "the change waits for the device");
        Write(scorer, 0, 4);
        await Eventually.HoldsAsync(() => scorer.Consumer.Waiting == 0, "the images are in hand");
        device.SetResult();
        await Eventually.HoldsAsync(() => scorer.Statistics.Told == 2, "the statistics are gone");
        scorer.Statistics.Activate("default", 2, backbones.Statistics);
        await scorer.CompletedAsync(4);
        Assert.All(scorer.Producer.Called, r => Assert.Null(r.Scored().Unscored));
    }

    [Fact]
    public async Task Hold_OneOfTwoGates_TheOtherGoesOnAndOrderIsKeptWhenItJudgesAgain()
    {
        await using var scorer = await StartAsync(TwoGates(), backbones.Statistics);
        scorer.Consumer.Write(Enumerable.Range(0, 40).Select(i => Records.Input(i, backbones.Accepted, i % 2 == 0 ? "belt-1" : "belt-2")));
        await scorer.CompletedAsync(20);
        Assert.All(scorer.Consumer.Completed, p => Assert.Equal(0, p.Offset % 2));

        scorer.Statistics.Activate("second", 2, backbones.Statistics);
        await scorer.CompletedAsync(40);
        var late = scorer.Producer.Called.Select(r => r.Scored()).Where(s => s.Gate == "second").ToList();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => 2L * i + 1), late.Select(s => s.Offset()));
        Assert.All(late, s => Assert.Equal(2, s.StatisticsVersion));
    }

    [Fact]
    public async Task Hold_MoreImagesThanMayBeHeld_EverythingWaitsAndThenEndsOnce()
    {
        await using var scorer = await StartAsync(TwoGates() with { MaxHeldImages = 4 }, backbones.Statistics);
        scorer.Consumer.Write(Enumerable.Range(0, 60).Select(i => Records.Input(i, backbones.Accepted, "belt-2")));
        scorer.Consumer.Write(Enumerable.Range(60, 4).Select(i => Records.Input(i, backbones.Accepted)));
        await Eventually.HoldsAsync(() => scorer.Consumer.Waiting < 60, "images are in hand");
        Assert.Empty(scorer.Producer.Called);

        scorer.Statistics.Activate("second", 2, backbones.Statistics);
        await scorer.CompletedAsync(64);
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (long)i), scorer.Producer.Called.Select(r => r.Scored().Offset()).Order());
    }

    [Fact]
    public async Task Hold_OneOfTwoGatesAndStopped_ItsImagesAreLeftAndTheOthersDrained()
    {
        await using var scorer = await StartAsync(TwoGates(), backbones.Statistics);
        scorer.Consumer.Write(Enumerable.Range(0, 12).Select(i => Records.Input(i, backbones.Accepted, i % 2 == 0 ? "belt-1" : "belt-2")));
        await scorer.CompletedAsync(6);
        scorer.Lifetime.StopApplication();
        await scorer.Pipeline.StopAsync(RunningScorer.Cancellation);
        Assert.Equal((PipelinePhase.Stopped, null), (scorer.Pipeline.Phase, scorer.Pipeline.Fault));
        Assert.Equal([0L, 2L, 4L, 6L, 8L, 10L], scorer.Consumer.Completed.Select(p => p.Offset).Order());
    }

    [Fact]
    public async Task Review_NoStatistics_ImagesGoToReviewUnscored()
    {
        await using var scorer = await StartAsync(Settings.One(backbones, WithoutStatistics.Review));
        Write(scorer, 0, 3);
        await scorer.CompletedAsync(3);
        Assert.All(scorer.Producer.Called, r =>
        {
            Assert.Equal(Topics.Review, r.Topic);
            Assert.Equal(("it has no active statistics", null, 0L), (r.Scored().Unscored, r.Scored().Score, r.Scored().StatisticsVersion));
        });
        Assert.Equal(HealthStatus.Degraded, (await scorer.GatesHealthAsync()).Status);
    }

    [Fact]
    public async Task Activate_StatisticsThatMayNotBeUsed_GateHoldsAndSaysWhy()
    {
        var damaged = backbones.Statistics;
        damaged[^1] ^= 1;
        foreach (var (blob, problem) in new[]
        {
            (backbones.StatisticsOf(p => p with { ModelHash = "0123456789abcdef" }), "its statistics (version 1) were made with model 0123456789abcdef, not"),
            (backbones.StatisticsOf(p => p with { PreprocessingHash = "fedcba9876543210" }), "were made with preprocessing fedcba9876543210, not"),
            (backbones.OtherStatistics(), "were made with model"),
            (damaged, "the bytes are damaged"),
            (null, "the blob of its statistics (version 1) is missing"),
        })
        {
            await using var scorer = await StartAsync(Settings.One(backbones));
            scorer.Statistics.Activate("default", 1, blob);
            Write(scorer, 0, 4);
            await Eventually.HoldsAsync(() => scorer.Statistics.Told == 2 && scorer.Consumer.Waiting == 0, "the gate has read them");
            var health = await scorer.GatesHealthAsync();
            Assert.Equal(HealthStatus.Unhealthy, health.Status);
            Assert.Contains(problem, health.Description, StringComparison.Ordinal);
            Assert.Empty(scorer.Producer.Called);
        }
    }

    [Fact]
    public async Task Activate_StatisticsOfImagesDecodedWhole_AreRefusedByAGateThatShrinks()
    {
        var settings = Settings.One(backbones);
        var shrinking = settings.Gates["default"] with { ShrinkOnLoad = true };
        await using var scorer = await StartAsync(
            settings with { Gates = new Dictionary<string, GateSettings> { ["default"] = shrinking } }, backbones.Statistics);
        Assert.EndsWith(
            "of images decoded whole, not shrunk on load", (await scorer.GatesHealthAsync()).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activate_StatisticsOlderThanAllowed_GateHolds()
    {
        var settings = Settings.One(backbones);
        await using var scorer = await StartAsync(
            settings with { Gates = new Dictionary<string, GateSettings> { ["default"] = settings.Gates["default"] with { MaxStatisticsAge = TimeSpan.FromDays(1) } } },
            backbones.StatisticsOf(p => p with { FittedAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) }));
        Assert.Contains("the limit is 1.00:00:00", (await scorer.GatesHealthAsync()).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swap_DuringABatch_NoBatchMixesVersionsAndLaterOnesUseTheNew()
    {
        await using var scorer = await StartAsync(Settings.One(backbones).Patient(), backbones.Statistics);
        for (var version = 2; version <= 9; version++)
        {
            Write(scorer, (version - 2) * 40, 40);
            scorer.Statistics.Activate("default", version, backbones.Statistics);
        }
        await scorer.CompletedAsync(320);
        await Eventually.HoldsAsync(() => scorer.Statistics.Told == 9, "all versions have been read");
        Write(scorer, 320, 4);
        await scorer.CompletedAsync(324);

        var versions = scorer.Producer.Called.Select(r => r.Scored()).OrderBy(s => s.Offset()).Select(s => s.StatisticsVersion).ToList();
        Assert.All(versions.Chunk(4), batch => Assert.Single(batch.Distinct()));
        Assert.Equal(versions.Order(), versions);
        Assert.Equal(9, versions[^1]);
    }

    [Fact]
    public async Task Swap_WhileABatchWaitsForTheDevice_WholeBatchIsOfOneVersion()
    {
        await using var scorer = await StartAsync(Settings.One(backbones).Patient(), backbones.Statistics);
        var device = await scorer.BlockDeviceAsync();
        Write(scorer, 0, 4);
        scorer.Statistics.Activate("default", 2, backbones.Statistics);
        await Eventually.HoldsAsync(() => scorer.Statistics.Begun == 2, "the swap waits for the device");
        device.SetResult();
        await scorer.CompletedAsync(4);
        Assert.Single(scorer.Producer.Called.Select(r => r.Scored().StatisticsVersion).Distinct());
    }

    [Fact]
    public async Task Gates_Several_JudgeTheirSourcesAndTheDefaultTheRest()
    {
        await using var scorer = new RunningScorer(new ScorerSettings
        {
            DefaultGate = "main",
            Gates = new Dictionary<string, GateSettings>
            {
                ["main"] = new() { Backbone = backbones.File },
                ["screws"] = new() { Backbone = backbones.OtherFile, Sources = ["belt-2", "belt-3"] },
            },
        });
        scorer.Statistics.Activate("main", 5, backbones.Statistics);
        scorer.Statistics.Activate("screws", 6, backbones.OtherStatistics());
        await scorer.StartAsync();
        string?[] keys = ["belt-1", "belt-2", null, "belt-3", "belt-2"];
        scorer.Consumer.Write(keys.Select((key, i) => Records.Input(i, backbones.Accepted, key)));
        await scorer.CompletedAsync(keys.Length);

        var main = ("main", 5L, backbones.Backbone.ModelHash);
        var screws = ("screws", 6L, backbones.Other.ModelHash);
        Assert.Equal(
            [main, screws, main, screws, screws],
            scorer.Producer.Called.Select(r => r.Scored()).OrderBy(s => s.Offset()).Select(s => (s.Gate, s.StatisticsVersion, s.ModelHash)));
    }

    /// <summary>The default gate, and a second one for belt-2 that has no statistics yet.</summary>
    private ScorerSettings TwoGates()
    {
        var one = Settings.One(backbones);
        var second = new GateSettings { Backbone = backbones.File, Sources = ["belt-2"] };
        return one with { Gates = new Dictionary<string, GateSettings>(one.Gates) { ["second"] = second } };
    }

    private void Write(RunningScorer scorer, int first, int count) =>
        scorer.Consumer.Write(Enumerable.Range(first, count).Select(i => Records.Input(i, backbones.Accepted)));

    private static async Task<RunningScorer> StartAsync(ScorerSettings settings, byte[]? statistics = null)
    {
        var scorer = new RunningScorer(settings);
        if (statistics is not null) scorer.Statistics.Activate("default", 1, statistics);
        await scorer.StartAsync();
        return scorer;
    }
}
