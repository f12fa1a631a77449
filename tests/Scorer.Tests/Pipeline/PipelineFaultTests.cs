using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoodStream.Contracts;
using MoodStream.Scorer;
using MoodStream.Scorer.Health;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;

namespace MoodStream.ScorerTests.Pipeline;

/// <summary>Whatever is not a bad image stops the pipeline, and nothing in hand is completed.</summary>
public sealed class PipelineFaultTests(Backbones backbones)
{
    [Fact]
    public async Task Run_OneBatchIsNotAcknowledged_StopsThoughNothingFollows()
    {
        await using var scorer = await StartAsync();
        scorer.Producer.Failure = _ => new RecordNotWrittenException("the broker is away");
        scorer.Consumer.Write(Records.Input(0, backbones.Accepted), Records.Input(1, backbones.Reviewed));

        Assert.Equal("the broker is away", await scorer.FaultAsync());
        Assert.Empty(scorer.Consumer.Completed);
        Assert.True(scorer.Consumer.Disposed);
        var health = await new PipelineCheck(scorer.Pipeline).CheckHealthAsync(new HealthCheckContext(), RunningScorer.Cancellation);
        Assert.Equal((HealthStatus.Unhealthy, "the broker is away"), (health.Status, health.Description));
    }

    [Fact]
    public async Task Run_OneOutputOfManyIsNotAcknowledged_ThatOneIsNeverCompleted()
    {
        await using var scorer = await StartAsync();
        scorer.Producer.Failure = r => r.Scored().Offset() == 5 ? new RecordNotWrittenException("refused") : null;
        scorer.Consumer.Write(Enumerable.Range(0, 200).Select(i => Records.Input(i, backbones.Accepted)));

        Assert.Equal("refused", await scorer.FaultAsync());
        Assert.DoesNotContain(5L, scorer.Consumer.Completed.Select(p => p.Offset));
        Assert.Equal(scorer.Producer.Written.Count, scorer.Consumer.Completed.Count);
    }

    [Fact]
    public async Task Run_DeadLetterIsNotAcknowledged_Stops()
    {
        await using var scorer = await StartAsync();
        scorer.Producer.Failure = r => r.Topic == Topics.DeadLetters ? new RecordNotWrittenException("refused") : null;
        scorer.Consumer.Write(Records.Input(0, TestImages.Text));
        Assert.Equal("refused", await scorer.FaultAsync());
        Assert.Empty(scorer.Consumer.Completed);
    }

    [Fact]
    public async Task Run_ImageStoreAway_StopsForReadingAndForKeeping()
    {
        foreach (var record in new[] { Records.Input(0, null, headers: (RecordHeaders.DataReference, "any")), Records.Input(0, backbones.Reviewed) })
        {
            await using var scorer = await StartAsync();
            scorer.Images.Failure = new IOException("the store is away");
            scorer.Consumer.Write(record);
            Assert.Equal("the store is away", await scorer.FaultAsync());
            Assert.Empty(scorer.Consumer.Completed);
        }
    }

    [Fact]
    public async Task Run_ConsumerFaults_Stops()
    {
        await using var scorer = await StartAsync();
        scorer.Consumer.Break(new InvalidOperationException("fenced"));
        Assert.Contains("fenced", await scorer.FaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OneGatesStatisticsCanNoLongerBeFollowed_Stops()
    {
        var settings = Settings.One(backbones);
        await using var scorer = await StartAsync(settings with
        {
            Gates = new Dictionary<string, GateSettings>(settings.Gates) { ["second"] = new() { Backbone = backbones.File } },
        });
        scorer.Statistics.Failure = new InvalidOperationException("the blob cannot be read");
        scorer.Statistics.Activate("second", 2, null);
        Assert.Equal("the blob cannot be read", await scorer.FaultAsync());
    }

    [Fact]
    public async Task Run_BackboneCannotBeLoaded_StopsAndSaysWhy()
    {
        var path = Path.GetTempFileName();
        await using var scorer = new RunningScorer(new ScorerSettings { Gates = new Dictionary<string, GateSettings> { ["default"] = new() { Backbone = path } } });
        await scorer.Pipeline.StartAsync(RunningScorer.Cancellation);
        Assert.Contains(path, await scorer.FaultAsync(), StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public async Task LoadedCheck_BeforeAndAfterLoading_TellsThem()
    {
        await using var scorer = new RunningScorer(Settings.One(backbones));
        Assert.Equal(HealthStatus.Unhealthy, await LoadedAsync(scorer));
        Assert.Equal("the gates are not loaded yet", (await scorer.GatesHealthAsync()).Description);
        await scorer.StartAsync();
        await Eventually.HoldsAsync(async () => await LoadedAsync(scorer) == HealthStatus.Healthy, "the backbones are loaded");
    }

    private static async Task<HealthStatus> LoadedAsync(RunningScorer scorer) =>
        (await new LoadedCheck(scorer.Pipeline).CheckHealthAsync(new HealthCheckContext(), RunningScorer.Cancellation)).Status;

    private async Task<RunningScorer> StartAsync(ScorerSettings? settings = null)
    {
        var scorer = new RunningScorer(settings ?? Settings.One(backbones));
        scorer.Statistics.Activate("default", 1, backbones.Statistics);
        await scorer.StartAsync();
        return scorer;
    }
}
