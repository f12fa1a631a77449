using MoodStream.Contracts;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Settings;

namespace MoodStream.TrainerTests.Harvest;

public sealed class HarvestBasketTests
{
    private static readonly PartitionName First = new(Topics.Accepted, 0), Second = new(Topics.Accepted, 1), Review = new(Topics.Review, 0),
        Decisions = new(Topics.Decisions, 0);
    private readonly FeatureSpace _space = Teaching.Space();
    private readonly List<LearnedImage> _images = [.. Enumerable.Range(0, 60).Select(i => Teaching.Image($"image-{i}", new Random(i), i % 5 == 0 ? ImageUse.Calibration : ImageUse.Fit))];

    [Fact]
    public void Harvest_AnyOrderOfPartitions_IsOnePassOverAll()
    {
        var (a, b) = (Learned(First, _images[..25]), Learned(Second, _images[25..]));
        using var one = Collect(new(), (First, a), (Second, b));
        using var other = Collect(new(), (Second, b), (First, a));

        using var expected = FeatureTensors.Moments([.. _images.Where(i => i.InMoments)], _space, 1, 60);
        Teaching.Same(expected, one.Moments);
        Teaching.Same(expected, other.Moments);
        Assert.Equal(12, one.Calibration.Count);
        Assert.Equal(60, one.Arrivals);
    }

    [Fact]
    public void Harvest_SameImageInTwoPartitions_CountsOnce()
    {
        using var harvest = Collect(new(), (First, Learned(First, _images[..30])), (Second, Learned(Second, _images[20..])));

        Assert.Equal(48, harvest.Moments.Weight);
        Assert.Equal(12, harvest.Calibration.Count);
    }

    [Theory]
    [InlineData(LearningMode.Accepted)]
    [InlineData(LearningMode.Both)]
    public void Harvest_DecidedOod_IsAsIfItHadNeverBeenAccepted(LearningMode mode)
    {
        var reversed = _images[..10].Select(i => i with { Use = ImageUse.Ood, Revision = 1 }).ToList();
        using var harvest = Collect(new() { Mode = mode }, (Decisions, Learned(Decisions, reversed)), (First, Learned(First, _images)));
        using var never = Collect(new() { Mode = mode }, (First, Learned(First, _images[10..])));

        Teaching.Same(never.Moments, harvest.Moments);
        Assert.Equal(never.Calibration.Select(i => i.Id), harvest.Calibration.Select(i => i.Id));
        Assert.Equal(10, harvest.Ood.Count);
    }

    [Fact]
    public void Harvest_DecidedInDistribution_CountsOnceInBoth()
    {
        var confirmed = _images[..10].Select(i => i with { Revision = 1 }).ToList();
        using var harvest = Collect(new(), (Decisions, Learned(Decisions, confirmed)), (First, Learned(First, _images)));

        Assert.Equal(48, harvest.Moments.Weight);
        Assert.Equal(12, harvest.Calibration.Count);
    }

    [Fact]
    public void Harvest_Weights_AreThoseOfTheSettings()
    {
        var confirmed = Enumerable.Range(100, 10).Select(i => Teaching.Image($"image-{i}", new Random(i)) with { Revision = 1, Accepted = false }).ToList();
        using var harvest = Collect(
            new() { AcceptedWeight = 0.5, ConfirmedWeight = 1 }, (Decisions, Learned(Decisions, confirmed)), (First, Learned(First, _images)));

        Assert.Equal(48 * 0.5 + 10, harvest.Moments.Weight, 12);
        Assert.Equal(34 * 34 / (48 * 0.25 + 10), harvest.Moments.EffectiveSize, 10);
    }

    [Fact]
    public void Harvest_Confirmed_IgnoresWhatWasOnlyAccepted()
    {
        var confirmed = _images[..10].Select(i => i with { Revision = 1 }).ToList();
        using var harvest = Collect(
            new() { Mode = LearningMode.Confirmed }, (Decisions, Learned(Decisions, confirmed)), (First, Learned(First, _images)));

        Assert.Equal(8, harvest.Moments.Weight);
        Assert.Equal(2, harvest.Calibration.Count);
    }

    [Fact]
    public void Harvest_RecalledSource_IsAsIfItHadNeverSentAnything()
    {
        var images = _images.Select((i, n) => n % 2 == 0 ? i with { Source = "broken" } : i).ToList();
        var recall = new ImageRecall { Id = "1", Source = "broken", By = "ada", Reason = "lamp", At = Teaching.At };
        using var harvest = Collect(new(), i => recall.Covers(i.Source, i.At), (First, Learned(First, images)));
        using var never = Collect(new(), (First, Learned(First, [.. images.Where(i => i.Source != "broken")])));

        Teaching.Same(never.Moments, harvest.Moments);
        Assert.Equal(never.Calibration.Select(i => i.Id), harvest.Calibration.Select(i => i.Id));
    }

    [Fact]
    public void Harvest_ImagesHeldBack_AreCountedByDrawAndByDecision()
    {
        var held = HeldBack(100, Teaching.At);
        var decided = held[..40].Select((h, i) => Teaching.Image(h.Id, new Random(i), i % 2 == 0 ? ImageUse.Ood : LearnedImage.Drawn(h.Id, new())) with
        {
            Accepted = false, Revision = 1,
        });
        var unsure = held[40..50].Select(h => h with { Use = ImageUse.None, Revision = 1 });
        using var harvest = Collect(
            new(), (Decisions, Learned(Decisions, [.. decided, .. unsure])), (First, Learned(First, _images)), (Review, Learned(Review, held)));

        int Drawn(IEnumerable<LearnedImage> images, ImageUse use) => images.Count(i => LearnedImage.Drawn(i.Id, new()) == use);
        Assert.Equal(new(Drawn(held, ImageUse.Calibration), Drawn(held[40..], ImageUse.Calibration)), harvest.HeldBackCalibration);
        Assert.Equal(new(Drawn(held, ImageUse.Fresh), Drawn(held[40..], ImageUse.Fresh)), harvest.HeldBackFresh);
        Assert.True(harvest.HeldBackCalibration.Undecided > 0);
        Assert.Equal(110, harvest.Arrivals);
    }

    [Fact]
    public void Harvest_HeldBackAndReleasedBeforeTheWindow_CountNowhereInTheTail()
    {
        var (old, recent) = (HeldBack(200, Teaching.At.AddDays(-1)), HeldBack(200, Teaching.At.AddDays(1), from: 200));
        List<LearnedImage> released = [.. old.Concat(recent).Select((h, i) => Teaching.Image(h.Id, new Random(i), ImageUse.Calibration, at: Teaching.At.AddDays(2)) with
        {
            Accepted = false, Revision = 1,
        })];
        using var harvest = Collect(
            new(), (Review, Learned(Review, [.. old, .. recent])), (Decisions, Learned(Decisions, released)), (First, Learned(First, _images)));

        Assert.Equal(12 + 200, harvest.Calibration.Count);
        Assert.Equal(recent.Count(i => LearnedImage.Drawn(i.Id, new()) == ImageUse.Calibration), harvest.HeldBackCalibration.All);
    }

    [Fact]
    public void Harvest_ConfirmedOrRecalled_NothingIsMissing()
    {
        using var confirmed = Collect(new() { Mode = LearningMode.Confirmed }, (First, Learned(First, _images)), (Review, Learned(Review, HeldBack(100, Teaching.At))));
        using var recalled = Collect(new(), i => i.Use == ImageUse.HeldBack, (First, Learned(First, _images)), (Review, Learned(Review, HeldBack(100, Teaching.At))));

        Assert.Equal(default, confirmed.HeldBackCalibration);
        Assert.Equal(default, recalled.HeldBackCalibration);
    }

    [Fact]
    public void Covers_SpanOfTime_HoldsItsBeginningAndNotItsEnd()
    {
        var recall = new ImageRecall { Id = "1", From = Teaching.At, To = Teaching.At.AddHours(1), By = "ada", Reason = "lamp", At = Teaching.At };

        Assert.True(recall.Covers("any", Teaching.At));
        Assert.False(recall.Covers("any", Teaching.At.AddHours(1)));
        Assert.False(recall.Covers("any", Teaching.At.AddTicks(-1)));
    }

    [Fact]
    public void Harvest_PartitionOfAnotherSpace_AddsNothing()
    {
        var other = Teaching.Space("00000000000000cc");
        using var partition = Teaching.Partition(other);
        partition.Learn(_images[1]);
        using var harvest = Collect(new(), (First, Teaching.Stored(partition)));

        Assert.Equal(0, harvest.Moments.Weight);
    }

    private static List<LearnedImage> HeldBack(int count, DateTimeOffset at, int from = 0) => [.. Enumerable.Range(from, count).Select(i => new LearnedImage
    {
        Id = $"held-{i}", Use = ImageUse.HeldBack, At = at, Source = "belt-1", Feature = [],
    })];

    private StoredPartition Learned(PartitionName name, List<LearnedImage> images)
    {
        using var partition = Teaching.Partition(_space, name: name);
        foreach (var image in images) partition.Learn(image);
        return Teaching.Stored(partition);
    }

    private GateHarvest Collect(LearningSettings settings, params (PartitionName, StoredPartition)[] partitions) => Collect(settings, _ => false, partitions);

    private GateHarvest Collect(LearningSettings settings, Func<LearnedImage, bool> recalled, params (PartitionName, StoredPartition)[] partitions)
    {
        using var basket = new HarvestBasket(_space, settings, recalled);
        foreach (var (name, stored) in partitions) basket.Add(name, stored);
        return basket.Harvest();
    }
}
