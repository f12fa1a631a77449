using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Settings;

namespace MoodStream.TrainerTests.Accumulation;

public sealed class LearnedImageTests
{
    [Fact]
    public void Read_WhatToBytesMade_IsTheImage()
    {
        var image = Teaching.Image("a/1", new Random(1), ImageUse.Calibration, "Quelle ü") with { Class = 3, Sequence = 1L << 40, Revision = 7 };

        var read = LearnedImage.Read("a/1", image.ToBytes());

        Assert.Equal(image with { Feature = read.Feature }, read);
        Assert.Equal(image.Feature, read.Feature);
    }

    [Fact]
    public void Read_CutBytes_AreRefused() =>
        Assert.Throws<InvalidDataException>(() => LearnedImage.Read("x", Teaching.Image("x", new Random(1)).ToBytes().AsSpan(0, 20)));

    [Fact]
    public void Drawn_ManyIds_HaveTheirSharesAndOneUseEach()
    {
        var settings = new LearningSettings { CalibrationShare = 0.2, FreshShare = 0.05 };
        var uses = Enumerable.Range(0, 20_000).Select(i => LearnedImage.Drawn($"image-{i}", settings)).ToList();

        // Five standard deviations of a binomial around 20 % and 5 % of 20,000.
        Assert.InRange(uses.Count(u => u == ImageUse.Calibration), 3_717, 4_283);
        Assert.InRange(uses.Count(u => u == ImageUse.Fresh), 846, 1_154);
        Assert.Equal(uses, Enumerable.Range(0, 20_000).Select(i => LearnedImage.Drawn($"image-{i}", settings)));
    }

    [Fact]
    public void IsUsable_NotFiniteOrZero_IsNot()
    {
        Assert.False(LearnedImage.IsUsable(new byte[12]));
        Assert.False(LearnedImage.IsUsable([0, 0x7c, 0, 0x3c]));
        Assert.True(LearnedImage.IsUsable([0, 0, 0, 0x3c]));
    }
}
