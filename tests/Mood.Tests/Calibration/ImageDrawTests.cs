using MoodStream.Mood.Calibration;

namespace MoodStream.MoodTests.Calibration;

/// <summary>Draws that belong to images, and the p-values smoothed with them.</summary>
public sealed class ImageDrawTests
{
    [Fact]
    public void Of_SameImage_IsTheSameAndOtherImagesOrSeedsAreNot()
    {
        Assert.Equal(ImageDraw.Of("a", 1), ImageDraw.Of("a", 1));
        Assert.NotEqual(ImageDraw.Of("a", 1), ImageDraw.Of("b", 1));
        Assert.NotEqual(ImageDraw.Of("a", 1), ImageDraw.Of("a", 2));
    }

    [Fact]
    public void Of_ManyImages_AreUniform()
    {
        double[] draws = [.. Enumerable.Range(0, 4000).Select(i => ImageDraw.Of($"image-{i}", 7))];
        double[] even = [.. Enumerable.Range(0, 4000).Select(i => (i + 0.5) / 4000)];
        Assert.All(draws, u => Assert.InRange(u, double.Epsilon, 1 - 1e-17));
        Assert.True(KolmogorovSmirnov.Of(even, draws).PValue > 1e-3);
    }

    [Fact]
    public void Smoothed_NoTies_IsTheSmoothedPValueOfTheScore()
    {
        var calibration = ConformalCalibration.Of([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        foreach (var score in new[] { -1, 1.5, 4.5, 8.5, 99 })
            foreach (var u in new[] { 0.01, 0.5, 0.99 })
                Assert.Equal(calibration.SmoothedPValue(score, u), ImageDraw.Smoothed(calibration.PValue(score), 9, u), 1e-15);
    }

    [Fact]
    public void Smoothed_WhatCannotBe_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageDraw.Smoothed(0, 9, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageDraw.Smoothed(0.05, 9, 0.5));   // below 1 / 10
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageDraw.Smoothed(double.NaN, 9, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageDraw.Smoothed(0.5, 0, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageDraw.Smoothed(0.5, 9, 1));
    }
}
