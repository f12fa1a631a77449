using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Drift;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Refit;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Drift;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Registry;
using MoodStream.Trainer.Settings;
using MoodStream.Trainer.Telemetry;
using MoodStream.TrainerTests.Fakes;
using Prometheus;

namespace MoodStream.TrainerTests.Refit;

public sealed class RefitDriverTests : IAsyncLifetime
{
    private static readonly PartitionName Accepted = new(Topics.Accepted, 0), Review = new(Topics.Review, 0), Decisions = new(Topics.Decisions, 0);
    private readonly FakeTimeProvider _clock = new(Teaching.At);
    private readonly FakeProducer _producer = new();
    private static readonly FeatureSpace SpaceOf = Teaching.Space();
    private readonly Stores _stores;
    private TrainerSettings _settings = new();

    private readonly EmbeddedRedisFixture _redis = new();

    public RefitDriverTests() => _stores = new(_redis.Settings, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drive_GoodImages_ActivatesAVersionThatSaysWhereItComesFrom()
    {
        await LearnAsync(2_000);
        await AskAsync();

        var refit = await DriveAsync();

        Assert.Equal(RefitState.Activated, refit.State);
        Assert.Equal(2, (await _stores.Statistics.ReadActiveAsync(Teaching.Gate, Token))!.Value.Version);
        var header = await _stores.Statistics.ReadHeaderAsync(Teaching.Gate, 2, Token);
        Assert.Equal((1L, "r-1", "ada"), (header!.Parent, header.RefitId, header.Author));
        Assert.Equal(RefitGuards.Names, header.Guards.Select(g => g.Name));
        Assert.Empty(await new RefitStore(_stores.Connection).RequestsAsync(Teaching.Gate, Token));
        var told = JsonSerializer.Deserialize(Assert.Single(_producer.Written).Value, WireJson.Default.RefitEnded)!;
        Assert.Equal((RefitOutcome.Activated, 2L), (told.Outcome, told.Version));
    }

    [Fact]
    public async Task Drive_PoisonedImages_PublishesARefusedVersionAndLeavesTheActiveOne()
    {
        await LearnAsync(2_000, shift: 4);
        await AskAsync();

        var refit = await DriveAsync();

        Assert.Equal(RefitState.Refused, refit.State);
        Assert.Contains(refit.Refusals, r => r.Reason == RefitGuards.MeanShift);
        Assert.Equal(1, (await _stores.Statistics.ReadActiveAsync(Teaching.Gate, Token))!.Value.Version);
        Assert.True((await _stores.Statistics.ReadHeaderAsync(Teaching.Gate, 2, Token))!.Refused);
        var told = JsonSerializer.Deserialize(Assert.Single(_producer.Written).Value, WireJson.Default.RefitEnded)!;
        Assert.Equal(refit.Refusals, told.Refusals);
    }

    [Fact]
    public async Task Drive_ActiveVersionWithPatches_GoesOnDrawingHeatMapsWithThem()
    {
        using var moments = new PatchMoments(PatchGaussianKind.Pooled, new(1, 2), Teaching.Dimension);
        using var tokens = TorchSharp.torch.randn(50, 2, Teaching.Dimension, generator: new TorchSharp.torch.Generator(3));
        moments.Add(tokens);
        using var patches = new PatchStatistics(moments.Fit(), new(1, 17), 50, 40);
        using (var plain = Teaching.Statistics()) await PublishAsync(GateStatistics.Read(plain.With(patches).ToBytes()));
        await LearnAsync(2_000);
        await AskAsync();

        var refit = await DriveAsync();

        Assert.Equal(RefitState.Activated, refit.State);
        var active = (await _stores.Statistics.ReadActiveAsync(Teaching.Gate, Token))!.Value.Version;
        using var refitted = GateStatistics.Read((await _stores.Statistics.ReadBlobAsync(Teaching.Gate, active, Token))!);
        Assert.Equal(patches.Scale, refitted.Patches!.Scale);
        Assert.Equal(patches.Gaussian.Distances(tokens), refitted.Patches.Gaussian.Distances(tokens));
    }

    [Fact]
    public async Task Drive_FewImages_IsRefusedForTheirNumber()
    {
        await LearnAsync(20);
        await AskAsync();

        Assert.Equal(RefusalReasons.CalibrationTooSmall, Assert.Single((await DriveAsync()).Refusals).Reason);
    }

    [Fact]
    public async Task Drive_NothingLearned_IsRefused()
    {
        await AskAsync();

        Assert.Equal(RefusalReasons.CalibrationTooSmall, Assert.Single((await DriveAsync()).Refusals).Reason);
    }

    [Fact]
    public async Task Drive_OnlyCalibrationImages_IsNotFittable()
    {
        await LearnAsync(2_000, pValue: 0.01);
        await AskAsync();

        Assert.Equal(RefusalReasons.NotFittable, Assert.Single((await DriveAsync()).Refusals).Reason);
    }

    [Fact]
    public async Task Drive_NoActiveVersion_IsRefused()
    {
        await new RefitRequests(_stores.Connection).AddAsync(Request("r-1") with { Gate = "new" }, Token);
        await Driver().DriveAsync("new", Token);

        Assert.Equal(RefusalReasons.NoActiveVersion, Assert.Single((await new RefitStore(_stores.Connection).ReadAsync("new", Token))!.Refusals).Reason);
    }

    [Fact]
    public async Task Drive_DetectorThatNeedsImages_IsRefused()
    {
        await PublishAsync(Teaching.Statistics(detector: DetectorRegistry.Get("knn")));
        await AskAsync();

        Assert.Equal(RefusalReasons.DetectorNeedsImages, Assert.Single((await DriveAsync()).Refusals).Reason);
    }

    [Fact]
    public async Task Drive_OtherVersionActivatedSinceTheFit_IsSuperseded()
    {
        await LearnAsync(2_000);
        await AskAsync();
        var refits = new RefitStore(_stores.Connection);
        var guarded = await ToGuardedAsync(refits);
        await _stores.Statistics.ActivateAsync(Teaching.Gate, 1, "ada", Token);

        await Driver().DriveAsync(Teaching.Gate, Token);

        Assert.Equal(RefusalReasons.Superseded, Assert.Single((await refits.ReadAsync(Teaching.Gate, Token))!.Refusals).Reason);
        Assert.Equal(RefitState.Guarded, guarded.State);
    }

    [Fact]
    public async Task Drive_DriftAfterARollBack_DoesNotUndoIt()
    {
        await RollBackFromARefitAsync();
        await AskAsync("r-2", DueRefit.Drift);

        var refit = await DriveAsync();

        Assert.Equal((RefitState.Refused, RefitTrigger.Drift, 3L), (refit.State, refit.Trigger, refit.Version));
        Assert.Equal(RefusalReasons.RolledBack, Assert.Single(refit.Refusals).Reason);
        Assert.All(refit.Guards, g => Assert.True(g.Passed, g.Name));
        Assert.Equal(1, await ActiveAsync());
    }

    [Fact]
    public async Task Drive_PersonAsksAfterARollBack_IsActivatedAndDriftMayFollow()
    {
        await RollBackFromARefitAsync();
        await AskAsync("r-2");
        Assert.Equal((RefitState.Activated, 3L), ((await DriveAsync()).State, await ActiveAsync()));

        await AskAsync("r-3", DueRefit.Drift);

        Assert.Equal((RefitState.Activated, 4L), ((await DriveAsync()).State, await ActiveAsync()));
    }

    [Fact]
    public async Task Drive_PersonAndDriftAsk_IsThePersonsRefit()
    {
        await LearnAsync(2_000);
        await AskAsync("episode-1", DueRefit.Drift);
        await AskAsync("r-2");

        var refit = await DriveAsync();

        Assert.Equal(("r-2", RefitTrigger.Request, "ada"), (refit.RefitId, refit.Trigger, refit.By));
        Assert.Empty(await new RefitStore(_stores.Connection).RequestsAsync(Teaching.Gate, Token));
    }

    [Fact]
    public async Task Drive_ApprovedVersionWasRolledBackFrom_IsComparedWithTheOneGoneBackTo()
    {
        await LearnAsync(2_000, shift: 4);
        await AskAsync();
        Assert.Contains((await DriveAsync()).Refusals, r => r.Reason == RefitGuards.MeanShift);
        await _stores.Statistics.ApproveAsync(Teaching.Gate, 2, new() { By = "ada", Reason = "the new normal", At = TimeProvider.System.GetUtcNow() }, Token);
        await _stores.Statistics.ActivateAsync(Teaching.Gate, 2, "ada", Token);
        await AskAsync("r-2");
        Assert.Equal(RefitState.Activated, (await DriveAsync()).State);
        await _stores.Statistics.ActivateAsync(Teaching.Gate, 1, "ada", Token);
        await AskAsync("r-3");

        Assert.Contains((await DriveAsync()).Refusals, r => r.Reason == RefitGuards.MeanShift);
    }

    [Fact]
    public async Task Drive_DeathAfterPublication_FindsTheVersionAgain()
    {
        await LearnAsync(2_000);
        await AskAsync();
        var refits = new RefitStore(_stores.Connection);
        var guarded = await ToGuardedAsync(refits);
        var blob = await refits.CandidateAsync(Teaching.Gate, Token);
        using (var statistics = GateStatistics.Read(blob))
        {
            var header = VersionHeader.Of(statistics, "ada", "please") with { RefitId = guarded.RefitId };
            await _stores.Statistics.PublishAsync(Teaching.Gate, blob, header, Token);
        }

        await Driver().DriveAsync(Teaching.Gate, Token);

        Assert.Equal((RefitState.Activated, 2L), ((await refits.ReadAsync(Teaching.Gate, Token))!.State, (await refits.ReadAsync(Teaching.Gate, Token))!.Version));
        Assert.Equal([2L, 1L], (await _stores.Statistics.ListVersionsAsync(Teaching.Gate, Token)).Select(v => v.Version));
    }

    [Fact]
    public async Task Drive_PastItsDeadline_IsRefused()
    {
        await AskAsync();
        var refits = new RefitStore(_stores.Connection);
        var its = RefitMachine.Request(Teaching.Gate, "r-1", new(RefitTrigger.Request, "please", "ada"), null, new(), _clock.GetUtcNow());
        await refits.TryStoreAsync(0, its, null, 1, Token);
        _clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(RefusalReasons.TimedOut, Assert.Single((await DriveAsync()).Refusals).Reason);
    }

    [Fact]
    public async Task Drive_StepThatKeepsFailing_IsRefusedAfterItsRetries()
    {
        await LearnAsync(2_000);
        await AskAsync();
        var refits = new RefitStore(_stores.Connection);
        await ToGuardedAsync(refits);
        var database = (await _stores.Connection.GetAsync(Token)).GetDatabase();
        await database.KeyDeleteAsync(RedisKeys.RefitCandidate(Teaching.Gate));
        for (var i = 0; i < 4; i++)
        {
            await Driver().DriveAsync(Teaching.Gate, Token);
            _clock.Advance(TimeSpan.FromSeconds(50));
        }

        Assert.Equal(RefusalReasons.Failed, Assert.Single((await refits.ReadAsync(Teaching.Gate, Token))!.Refusals).Reason);
    }

    [Fact]
    public async Task Drive_KafkaAway_TellsTheEndLater()
    {
        await AskAsync();
        _producer.Failure = new IOException("away");
        await Assert.ThrowsAsync<IOException>(() => Driver().DriveAsync(Teaching.Gate, Token));
        _producer.Failure = null;

        Assert.True((await DriveAsync()).Announced);
        Assert.Single(_producer.Written);
    }

    [Fact]
    public async Task Report_Drift_MakesARefitDue()
    {
        await DriftAsync(statisticsVersion: 1);

        Assert.Equal(RefitTrigger.Drift, (await DriveAsync()).Trigger);
    }

    [Fact]
    public async Task Report_DriftFromStatisticsThatWereLeft_MakesNoneDue()
    {
        await RollBackFromARefitAsync();
        await DriftAsync(statisticsVersion: 2);

        Assert.Equal("r-1", (await DriveAsync()).RefitId);
    }

    [Fact]
    public async Task Drive_KeptOodImages_AreShownToTheGuards()
    {
        await LearnAsync(2_000);
        await LearnAsync(Decisions, [.. Enumerable.Range(0, 50).Select(i => Teaching.Image($"ood-{i}", new Random(i)) with
        {
            Use = ImageUse.Ood, Revision = 1, Feature = Teaching.Feature(new Random(i), shift: 9),
        })]);
        await AskAsync();

        Assert.NotNull((await DriveAsync()).Guards.Single(g => g.Name == RefitGuards.Separation).Value);
    }

    [Fact]
    public async Task Drive_UnchangedWorldWithoutReviews_KeepsTheThresholdWhereItWas()
    {
        using var before = Teaching.Statistics();
        await LearnAsync(2_000, censoredBy: before);
        await AskAsync();
        await DriveAsync();

        using var after = GateStatistics.Read(await _stores.Statistics.ReadBlobAsync(Teaching.Gate, 2, Token));
        Assert.Equal(before.Threshold, after.Threshold, 9);
    }

    [Fact]
    public async Task Drive_FalseAlarmGuard_SeesTheThresholdThatIsPublished()
    {
        using var before = Teaching.Statistics();
        await LearnAsync(2_000, censoredBy: before);
        await AskAsync();
        var guard = (await DriveAsync()).Guards.Single(g => g.Name == RefitGuards.FalseAlarms);

        using var published = GateStatistics.Read(await _stores.Statistics.ReadBlobAsync(Teaching.Gate, 2, Token));
        using var harvest = await Harvester().CollectAsync(Teaching.Gate, SpaceOf, _settings.Default, Token);
        using var fresh = FeatureTensors.Rows(harvest.Fresh, Teaching.Dimension);
        var alarms = published.Judge(fresh).Count(j => !j.Accepted);
        var whole = harvest.Fresh.Count + RefitFit.MissingTail(harvest.Fresh.Count, harvest.HeldBackFresh, 0.05);
        Assert.True(harvest.HeldBackFresh.Undecided > 0);
        Assert.True(published.CalibrationCount > harvest.Calibration.Count);
        Assert.Equal((double)alarms / whole, guard.Value!.Value, 12);
        Assert.True(guard.Passed);
    }

    [Fact]
    public async Task Drive_GateThatBecameTooLenient_KeepsItsPromiseAgainOnceAllIsDecided()
    {
        using var before = Teaching.Statistics();
        await LearnAsync(3_000, censoredBy: before, spread: 0.24, decided: true);
        await AskAsync();
        await DriveAsync();

        using var after = GateStatistics.Read(await _stores.Statistics.ReadBlobAsync(Teaching.Gate, 2, Token));
        var random = new Random(23);
        using var rows = FeatureTensors.Rows(
            [.. Enumerable.Range(0, 4_000).Select(i => Teaching.Image($"new-{i}", random) with { Feature = Teaching.Feature(random, spread: 0.24) })],
            Teaching.Dimension);
        double Rate(GateStatistics version) => version.Judge(rows).Count(j => !j.Accepted) / 4_000.0;
        Assert.InRange(Rate(before), 0, 0.02);
        Assert.InRange(Rate(after), after.RealisedRate.Quantile(0.001) - 0.01, after.RealisedRate.Quantile(0.999) + 0.01);
    }

    [Theory]
    [InlineData(950, 50, 50, 50)]
    [InlineData(950, 50, 25, 25)]
    [InlineData(950, 50, 0, 0)]
    [InlineData(950, 200, 200, 50)]
    [InlineData(950, 0, 0, 7)]   // 1 − 0.001^(1/950) = 0.72 % is the most that no image of 950 allows
    [InlineData(0, 0, 0, 0)]
    public void MissingTail_FivePercentPromised_IsTheShareThatNobodyDecided(int accepted, int heldBack, int undecided, int missing) =>
        Assert.Equal(missing, RefitFit.MissingTail(accepted, new(heldBack, undecided), 0.05));

    [Fact]
    public void Reasons_All_StandInTheDocument()
    {
        var page = File.ReadAllText(Path.Combine(SharedFiles.Checkout, "docs", "refit.md"));

        Assert.All(RefusalReasons.All, r => Assert.Contains($"| `{r}` |", page, StringComparison.Ordinal));
    }

    public async ValueTask InitializeAsync()
    {
        _settings = new() { Default = new() { CalibrationShare = 0.3, FreshShare = 0.1 } };
        await PublishAsync(Teaching.Statistics());
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private async Task PublishAsync(GateStatistics made)
    {
        using var statistics = made;
        var version = await _stores.Statistics.PublishAsync(Teaching.Gate, statistics.ToBytes(), VersionHeader.Of(statistics, "ada", "test"), Token);
        await _stores.Statistics.ActivateAsync(Teaching.Gate, version, "ada", Token);
    }

    /// <summary>Learns images of the world; with a version that censors, what it holds back is known to have been, and decided if told so.</summary>
    private async Task LearnAsync(
        int count, double shift = 0, double pValue = 0.5, GateStatistics? censoredBy = null, double spread = 0.3, bool decided = false)
    {
        List<LearnedImage> images = [], held = [], released = [];
        var random = new Random(5);
        for (var i = 0; images.Count < count; i++)
        {
            var scored = Teaching.Scored($"image-{i}", random, pValue) with { Feature = Teaching.Feature(random, shift, spread) };
            if (Lessons.Of(scored, SpaceOf, _settings.Default).Image is not { } image) continue;
            using var row = FeatureTensors.Rows([image], Teaching.Dimension);
            if (i > 10 * count) break;
            if (censoredBy is null || censoredBy.Judge(row)[0].Accepted)
            {
                images.Add(image);
                continue;
            }
            held.Add(Lessons.OfHeldBack(scored, SpaceOf).Image!);
            released.Add(image with { Accepted = false, Revision = 1 });
        }

        await LearnAsync(Accepted, images);
        await LearnAsync(Review, held);
        if (decided) await LearnAsync(Decisions, released);
    }

    private async Task LearnAsync(PartitionName name, List<LearnedImage> images)
    {
        var store = new PartitionStore(_stores.Connection);
        using var partition = new LearnedPartition(
            Teaching.Gate, name, SpaceOf, _settings.Default, await store.OpenAsync(Teaching.Gate, name, 0, Token));
        foreach (var image in images) partition.Learn(image);
        Assert.True(await store.TryStoreAsync(partition.Changes(), Token));
    }

    private static RefitRequested Request(string id) => new() { RequestId = id, Gate = Teaching.Gate, Reason = "please", By = "ada", At = Teaching.At };

    private async Task AskAsync(string id = "r-1", string by = "ada") =>
        await new RefitRequests(_stores.Connection).AddAsync(Request(id) with { By = by }, Token);

    private Task DriftAsync(long statisticsVersion) => new RefitOnDrift(new(_stores.Connection), _stores.Statistics, _settings, _clock).DriftBeganAsync(
        new SourceDrift(Teaching.Gate, "camera-1", statisticsVersion, new DriftAlarm(DriftMonitor.Martingale, 2e7, 1e7, 1234)), "episode-1", Token);

    private async Task RollBackFromARefitAsync()
    {
        await LearnAsync(2_000);
        await AskAsync();
        Assert.Equal(RefitState.Activated, (await DriveAsync()).State);
        Assert.Equal(1, (await _stores.Statistics.RollBackAsync(Teaching.Gate, "ada", "more false alarms", Token))!.Version);
    }

    private async Task<long> ActiveAsync() => (await _stores.Statistics.ReadActiveAsync(Teaching.Gate, Token))!.Value.Version;

    private async Task<RefitRecord> DriveAsync()
    {
        await Driver().DriveAsync(Teaching.Gate, Token);
        return (await new RefitStore(_stores.Connection).ReadAsync(Teaching.Gate, Token))!;
    }

    /// <summary>Goes to the state in which a trainer would die before it publishes.</summary>
    private async Task<RefitRecord> ToGuardedAsync(RefitStore refits)
    {
        var its = RefitMachine.Request(Teaching.Gate, "r-1", new(RefitTrigger.Request, "please", "ada"), null, new(), _clock.GetUtcNow());
        await refits.TryStoreAsync(0, its, null, 1, Token);
        using var reference = (await new RefitReferences(_stores.Statistics).ReadAsync(Teaching.Gate, Token))!;
        using var harvest = await Harvester().CollectAsync(Teaching.Gate, reference.Space!, _settings.Default, Token);
        var fitted = RefitFit.Run(harvest, reference.Reference, _settings.Default, "test", _clock.GetUtcNow());
        var next = RefitMachine.Fitted(its, reference.Parent, harvest.Arrivals);
        var guarded = RefitMachine.Guarded(next, fitted.Guards);
        Assert.True(await refits.TryStoreAsync(its.Revision, guarded, fitted.Blob, 0, Token));
        return guarded;
    }

    private Harvester Harvester() => new(new(_stores.Connection), new(_stores.Connection));

    private RefitDriver Driver() => new(new(
        new(_stores.Connection), new(_stores.Statistics), _stores.Statistics, Harvester(), _producer, _settings,
        new TrainerMetrics(Metrics.NewCustomRegistry()), new LearnedTraces(), _clock, NullLogger<RefitDriver>.Instance));
}
