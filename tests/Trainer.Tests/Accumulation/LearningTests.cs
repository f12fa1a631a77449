using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;
using MoodStream.TestKit.Embedded;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Registry;
using MoodStream.Trainer.Settings;
using MoodStream.Trainer.Telemetry;
using MoodStream.TrainerTests.Fakes;
using Prometheus;

namespace MoodStream.TrainerTests.Accumulation;

public sealed class LearningTests : IAsyncLifetime
{
    private static readonly PartitionName Accepted = new(Topics.Accepted, 0);
    private readonly EmbeddedRedisFixture _redis = new();
    private readonly Stores _stores;
    private readonly List<ImageScored> _images = [.. Enumerable.Range(0, 90).Select(i => Teaching.Scored($"image-{i}", new Random(i)))];
    private readonly TrainerSettings _settings = new() { CheckpointRecords = 20, CheckpointInterval = TimeSpan.FromMinutes(10) };

    public LearningTests() => _stores = new(_redis.Settings, TimeProvider.System);

    private PartitionStore Partitions => new(_stores.Connection);

    private RecallStore Recalls => new(_stores.Connection);

    [Fact]
    public async Task Run_CrashBetweenCheckpoints_CountsEveryImageOnce()
    {
        await RunAsync(_images[..50], crash: true);
        var stored = await Partitions.ReadAsync(Teaching.Gate, Accepted, TestContext.Current.CancellationToken);
        Assert.InRange(stored.Offset, 1, 49);                                           // some were stored, the last were not
        await RunAsync(_images, from: stored.Offset);

        using var harvest = await HarvestAsync();
        Assert.Equal(Fitted(_images), harvest.Moments.Weight);
    }

    [Fact]
    public async Task Run_RepeatsAndRecordsReadAgain_CountOnce()
    {
        await RunAsync([.. _images[..40], .. _images[10..60]]);
        await RunAsync([.. _images[..40], .. _images[10..60]]);                          // from the beginning, as if nothing were stored

        using var harvest = await HarvestAsync();
        Assert.Equal(Fitted(_images[..60]), harvest.Moments.Weight);
        using var expected = FeatureTensors.Moments(
            [.. _images[..60].Where(i => LearnedImage.Drawn(i.ImageId, new()) == ImageUse.Fit)
                .Select(i => Teaching.Image(i.ImageId, new Random(0)) with { Feature = i.Feature })], Teaching.Space(), 1, 60);
        Teaching.Same(expected, harvest.Moments);
    }

    [Fact]
    public async Task Run_LostPartitionWithoutNotice_CannotOverwriteItsSuccessor()
    {
        var consumer = new FakeConsumer();
        using var zombie = Learning(consumer, new(Partitions, CancellationToken.None));
        foreach (var record in Records(_images[..5])) consumer.Put(record);
        using var stop = new CancellationTokenSource();
        var running = zombie.RunAsync(stop.Token);
        await TestKit.Eventually.HoldsAsync(async () => (await Partitions.ReadAsync(Teaching.Gate, Accepted, default)).Epoch == 1, "the zombie has the partition");

        await RunAsync(_images, take: true);
        await stop.CancelAsync();
        await running;

        Assert.Empty(consumer.Completed);
        using var harvest = await HarvestAsync();
        Assert.Equal(Fitted(_images), harvest.Moments.Weight);
    }

    [Fact]
    public async Task Run_BelowGuard_CalibratesButIsNotFittedTo()
    {
        await RunAsync([.. _images.Select(i => i with { PValue = 0.04 })]);

        using var harvest = await HarvestAsync();
        Assert.Equal(0, harvest.Moments.Weight);
        Assert.Equal(_images.Count(i => LearnedImage.Drawn(i.ImageId, new()) == ImageUse.Calibration), harvest.Calibration.Count);
    }

    [Fact]
    public async Task Run_GateWithoutStatistics_LearnsNothingAndCompletes()
    {
        var consumer = await RunAsync([.. _images.Select(i => i with { Gate = "unknown" })]);

        Assert.Equal(90, consumer.Completed.Count);
        Assert.DoesNotContain("unknown", await Partitions.GatesAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Run_Recall_UnlearnsWhatCameAndWhatIsStillToCome()
    {
        await RunAsync(_images[..40]);
        await Recalls.AddAsync(
            Teaching.Gate, new() { Id = "1", Source = "belt-1", By = "ada", Reason = "lamp", At = Teaching.At }, TestContext.Current.CancellationToken);
        await RunAsync(_images, from: 40);

        var stored = await Partitions.ReadAsync(Teaching.Gate, Accepted, TestContext.Current.CancellationToken);
        Assert.Empty(stored.Images);
        using var harvest = await HarvestAsync();
        Assert.Equal(0, harvest.Moments.Weight);
    }

    [Fact]
    public async Task Run_ImagesHeldBack_AreRememberedWithoutFeatureAndMoments()
    {
        List<ImageScored> held = [.. _images[..30].Select(i => i with { Verdict = Verdict.Review })];
        var unscored = held[0] with { ImageId = "unscored", PValue = null };
        await RunAsync([.. held, unscored, _images[31]], topic: Topics.Review);

        var stored = await Partitions.ReadAsync(Teaching.Gate, new(Topics.Review, 0), TestContext.Current.CancellationToken);
        Assert.Equal(held.Select(i => i.ImageId).Order(), stored.Images.Select(i => i.Id).Order());
        Assert.All(stored.Images, i => Assert.Equal((ImageUse.HeldBack, 0), (i.Use, i.Feature.Length)));
        Assert.Null(stored.Moments);
        Assert.Equal(32, stored.Offset);
    }

    [Fact]
    public async Task Begin_StoredPartition_GoesOnAtItsOffset()
    {
        await RunAsync(_images[..40]);
        var arrivals = new PartitionArrivals(Partitions, CancellationToken.None);

        var offsets = arrivals.Begin([(Topics.Accepted, 0), (Topics.Accepted, 7)]);

        Assert.Equal([40L, null], offsets);
    }

    public async ValueTask InitializeAsync()
    {
        using var statistics = Teaching.Statistics();
        var version = await _stores.Statistics.PublishAsync(Teaching.Gate, statistics.ToBytes(), VersionHeader.Of(statistics, "ada", "test"), default);
        await _stores.Statistics.ActivateAsync(Teaching.Gate, version, "ada", default);
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private static int Fitted(IEnumerable<ImageScored> images) => images.Count(i => LearnedImage.Drawn(i.ImageId, new()) == ImageUse.Fit);

    /// <summary>Reads the images from an offset on; a crash forgets what was not stored.</summary>
    private async Task<FakeConsumer> RunAsync(IReadOnlyList<ImageScored> images, long from = 0, bool crash = false, bool take = false, string topic = Topics.Accepted)
    {
        var consumer = new FakeConsumer();
        var arrivals = new PartitionArrivals(Partitions, CancellationToken.None);
        if (take || from > 0) arrivals.Begin([(topic, 0)]);
        foreach (var record in Records(images, topic).Skip((int)from)) consumer.Put(record);
        using var learning = Learning(consumer, arrivals);
        if (!crash)
        {
            consumer.End();
            await learning.RunAsync(CancellationToken.None);
            return consumer;
        }

        // Two checkpoints of 20 are due; the rest is in memory alone when the process goes.
        var running = learning.RunAsync(CancellationToken.None);
        await TestKit.Eventually.HoldsAsync(() => consumer.Completed.Count == 40, "two checkpoints");
        Assert.False(running.IsCompleted);
        return consumer;
    }

    private Learning Learning(FakeConsumer consumer, PartitionArrivals arrivals) => new(
        consumer, arrivals,
        new(Partitions, new(_stores.Statistics, NullLogger<GateSpaces>.Instance), Recalls, _settings, new TrainerMetrics(Metrics.NewCustomRegistry()), new LearnedTraces(),
            TimeProvider.System, NullLogger.Instance));

    private static IEnumerable<ReceivedRecord> Records(IEnumerable<ImageScored> images, string topic = Topics.Accepted) => images.Select((image, offset) => new ReceivedRecord(
        new(topic, 0, offset), null, JsonSerializer.SerializeToUtf8Bytes(image, WireJson.Default.ImageScored), [], Teaching.At));

    private async Task<GateHarvest> HarvestAsync() =>
        await new Harvester(Partitions, Recalls).CollectAsync(Teaching.Gate, Teaching.Space(), new(), TestContext.Current.CancellationToken);
}
