using MoodStream.Contracts;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Settings;

namespace MoodStream.TrainerTests.Accumulation;

public sealed class LearnedPartitionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Moments_WhateverTheBatches_AreThoseOfOnePass(int batch)
    {
        var space = Teaching.Space();
        var images = Images(100);
        using var partition = Teaching.Partition(space);
        for (var i = 0; i < images.Count; i++)
        {
            partition.Learn(images[i]);
            if (i % batch == batch - 1) partition.Settle();
        }

        using var expected = FeatureTensors.Moments([.. images.Where(i => i.InMoments)], space, 1, 100);
        Teaching.Same(expected, partition.Settle());
    }

    [Fact]
    public void Unlearn_SomeImages_LeavesWhatThereWouldBeHadTheyNeverCome()
    {
        var space = Teaching.Space();
        var images = Images(80);
        using var partition = Teaching.Partition(space);
        foreach (var image in images) partition.Learn(image);
        partition.Settle();
        partition.Changes();
        partition.Stored();
        foreach (var image in images.Where((_, i) => i % 3 == 0)) partition.Unlearn(image.Id);

        using var never = Teaching.Partition(space);
        foreach (var image in images.Where((_, i) => i % 3 != 0)) never.Learn(image);
        Teaching.Same(never.Settle(), partition.Settle());
        Assert.Equal(images.Where((_, i) => i % 3 == 0).Select(i => i.Id).Order(), partition.Changes().Deleted.Order());
    }

    [Fact]
    public void Unlearn_BeforeItWasSettled_LeavesNothing()
    {
        using var partition = Teaching.Partition(Teaching.Space());
        partition.Learn(Teaching.Image("a", new Random(1)));
        partition.Unlearn("a");

        Assert.Equal(0, partition.Settle().Weight);
        Assert.Empty(partition.Changes().Put);
    }

    [Fact]
    public void Learn_SameIdAgain_ReplacesTheImage()
    {
        var space = Teaching.Space();
        var random = new Random(2);
        using var partition = Teaching.Partition(space);
        partition.Learn(Teaching.Image("a", random));
        partition.Settle();
        var last = Teaching.Image("a", random);
        partition.Learn(last);

        using var expected = FeatureTensors.Moments([last], space, 1, 2);
        Teaching.Same(expected, partition.Settle());
    }

    [Fact]
    public void Moments_CalibrationAndFresh_AreNotInThem()
    {
        using var partition = Teaching.Partition(Teaching.Space());
        partition.Learn(Teaching.Image("a", new Random(1), ImageUse.Calibration));
        partition.Learn(Teaching.Image("b", new Random(2), ImageUse.Fresh));
        partition.Learn(Teaching.Image("c", new Random(3), ImageUse.Ood));

        Assert.Equal(0, partition.Settle().Weight);
        Assert.Equal(3, partition.Images.Count);
    }

    [Fact]
    public void Learn_MoreThanTheWindow_KeepsTheNewest()
    {
        var space = Teaching.Space();
        var images = Images(350);
        using var partition = Teaching.Partition(space, new LearningSettings { WindowImages = 100 });
        foreach (var image in images)
        {
            partition.Learn(image);
            partition.Settle();
        }

        using var expected = FeatureTensors.Moments(images[^100..], space, 1, 100);
        Teaching.Same(expected, partition.Settle());
        Assert.Equal(100, partition.Images.Count);
        Assert.Equal(100, partition.Settle().EffectiveSize, 9);
    }

    [Fact]
    public void Learn_WindowAge_LetsOldImagesGo()
    {
        using var partition = Teaching.Partition(Teaching.Space(), new LearningSettings { WindowAge = TimeSpan.FromHours(1) });
        partition.Learn(Teaching.Image("old", new Random(1), at: Teaching.At));
        partition.Learn(Teaching.Image("new", new Random(2), at: Teaching.At.AddHours(2)));

        Assert.Equal(["new"], partition.Images.Keys);
    }

    [Fact]
    public void Forgetting_EverySettleOrOne_WeighsByAgeAndGivesTheKnownEffectiveSize()
    {
        var space = Teaching.Space();
        var settings = new LearningSettings { Forgetting = 0.95 };
        var images = Images(400);
        using var often = Teaching.Partition(space, settings);
        using var once = Teaching.Partition(space, settings);
        foreach (var image in images)
        {
            often.Learn(image);
            often.Settle();
            once.Learn(image);
        }

        Teaching.Same(once.Settle(), often.Settle(), 1e-10);
        // (1 + λ) / (1 − λ) = 39 for λ = 0.95, all but reached after 400 images.
        Assert.Equal(39, often.Settle().EffectiveSize, 6);
        Assert.Equal(20, often.Settle().Weight, 6);
    }

    [Fact]
    public void Forgetting_Unlearn_TakesOutTheWeightThatIsLeft()
    {
        var space = Teaching.Space();
        var settings = new LearningSettings { Forgetting = 0.9 };
        var images = Images(10);
        using var partition = Teaching.Partition(space, settings);
        foreach (var image in images) partition.Learn(image);
        partition.Settle();
        partition.Unlearn(images[4].Id);

        var kept = partition.Images.Values.ToList();
        using var expected = FeatureTensors.Moments(kept, space, 0.9, 10);
        Teaching.Same(expected, partition.Settle());
    }

    [Fact]
    public void Decisions_BeyondTheWindow_AreRememberedWithoutTheImage()
    {
        var settings = new LearningSettings { WindowImages = 100 };
        using var partition = Teaching.Partition(Teaching.Space(), settings, new(Topics.Decisions, 0));
        foreach (var image in Images(150)) partition.Learn(image with { Revision = 1 });

        Assert.Equal(150, partition.Images.Count);
        Assert.Equal(100, partition.Images.Values.Count(i => i.Feature.Length > 0));
        Assert.Equal(100, partition.Settle().Weight);
    }

    [Fact]
    public void Construction_StoredState_GoesOnWhereItWas()
    {
        var space = Teaching.Space();
        var images = Images(60);
        using var whole = Teaching.Partition(space);
        using var before = Teaching.Partition(space);
        foreach (var image in images) whole.Learn(image);
        foreach (var image in images[..25]) before.Learn(image);
        using var after = new LearnedPartition(Teaching.Gate, new(Topics.Accepted, 0), space, new(), Teaching.Stored(before));
        foreach (var image in images[25..]) after.Learn(image);

        Teaching.Same(whole.Settle(), after.Settle());
        Assert.Equal(35, after.Changes().Put.Count);
    }

    [Fact]
    public void Construction_OtherSpace_BeginsAnewAndKeepsTheOffset()
    {
        using var before = Teaching.Partition(Teaching.Space());
        before.Learn(Teaching.Image("a", new Random(1)));
        before.Read(41);
        using var after = new LearnedPartition(Teaching.Gate, new(Topics.Accepted, 0), Teaching.Space("00000000000000cc"), new(), Teaching.Stored(before));

        Assert.Empty(after.Images);
        Assert.Equal(42, after.Offset);
        Assert.True(after.Changes().Restarted);
    }

    private static List<LearnedImage> Images(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(i => Teaching.Image($"image-{i}", random))];
    }
}
