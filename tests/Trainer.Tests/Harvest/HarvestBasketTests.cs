using MoodStream.Contracts;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Settings;

namespace MoodStream.TrainerTests.Harvest;

public sealed class HarvestBasketTests
{
    private static readonly PartitionName First = new(Topics.Accepted, 0), Second = new(Topics.Accepted, 1), Decisions = new(Topics.Decisions, 0);
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
