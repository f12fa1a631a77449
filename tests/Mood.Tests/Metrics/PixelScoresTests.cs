using MoodStream.Mood.Metrics;

namespace MoodStream.MoodTests.Metrics;

/// <summary>Pixel AUROC and per-region overlap on maps that can be worked out by hand.</summary>
public sealed class PixelScoresTests
{
    [Fact]
    public void Metrics_PerfectMap_IsOne()
    {
        var metrics = Of([0, 0, 0, 9, 9], [false, false, false, true, true], 5).Metrics();
        Assert.Equal((1, 1, 1), (metrics.Auroc, metrics.Pro, metrics.Regions));
        Assert.Equal((2, 3), (metrics.OodPixels, metrics.IdPixels));
    }

    [Fact]
    public void Metrics_ConstantMap_IsChance()
    {
        var metrics = Of([1, 1, 1, 1], [false, false, true, true], 4).Metrics();
        Assert.Equal(0.5, metrics.Auroc, 12);
        Assert.Equal(0.15, metrics.Pro, 12);          // the ramp from (0, 0) to (1, 1), up to 0.3: 0.045 / 0.3
    }

    [Fact]
    public void Metrics_OneRegionOfTwoFound_IsHalfTheOverlapWhateverTheirSizes()
    {
        // Three pixels found, one missed: pixels say 3/4, regions say 1/2.
        var metrics = Of([9, 9, 9, 5, 5, -1], [true, true, true, false, false, true], 6).Metrics();
        Assert.Equal(2, metrics.Regions);
        Assert.Equal(0.75, metrics.Auroc, 12);
        Assert.Equal(0.5, metrics.Pro, 12);
    }

    [Fact]
    public void Metrics_RegionFoundAfterOneOfTenIdPixels_LosesThatShareOfTheArea()
    {
        float[] map = [5, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        bool[] mask = [true, .. Enumerable.Repeat(false, 10)];
        var metrics = Of(map, mask, 11).Metrics();
        Assert.Equal(0.9, metrics.Auroc, 12);
        Assert.Equal((0.3 - 0.1) / 0.3, metrics.Pro, 12);
        Assert.Equal((1 - 0.1) / 1, Of(map, mask, 11).Metrics(fprLimit: 1).Pro, 12);
    }

    [Fact]
    public void Metrics_PixelsNeverSeen_RankBelowAllOthers()
    {
        var metrics = Of([float.NaN, -5, -5], [true, false, false], 3).Metrics();
        Assert.Equal((0, 0), (metrics.Auroc, metrics.Pro));
    }

    [Fact]
    public void Metrics_RandomMaps_AgreeWithTheCurveDrawnThresholdByThreshold()
    {
        var random = new Random(4);
        var scores = new PixelScores();
        var (id, regions) = (new List<double>(), new List<List<double>>());
        for (var image = 0; image < 3; image++)
        {
            var mask = Enumerable.Range(0, 64).Select(_ => random.NextDouble() < 0.15).ToArray();
            var map = mask.Select(m => (float)(random.Next(12) + (m ? 3 : 0))).ToArray();
            var found = MaskRegions.Of(mask, 8);
            scores.Add(map, found);
            var first = regions.Count;
            for (var r = 0; r < found.Count; r++) regions.Add([]);
            for (var i = 0; i < 64; i++) (mask[i] ? regions[first + found.RegionOf[i]] : id).Add(map[i]);
        }
        var metrics = scores.Metrics();
        Assert.Equal(RocCurve.AurocOf([.. id], [.. regions.SelectMany(r => r)]), metrics.Auroc, 12);
        Assert.Equal(ByCurve(id, regions, 0.3), metrics.Pro, 9);
    }

    [Fact]
    public void Metrics_NothingToFind_IsRefused()
    {
        var scores = new PixelScores();
        scores.Add([1, 2], null);
        Assert.Throws<InvalidOperationException>(() => scores.Metrics());
        Assert.Throws<ArgumentException>(() => scores.Add([1, 2], MaskRegions.Of([true], 1)));
    }

    [Fact]
    public void MaskRegions_CornersTouch_IsOneRegionAndAGapMakesTwo()
    {
        var regions = MaskRegions.Of([true, false, false, false, true, false, false, false, false, true, false, true],
            3);
        Assert.Equal([0, -1, -1, -1, 0, -1, -1, -1, -1, 1, -1, 2], regions.RegionOf);
        Assert.Equal(3, regions.Count);
        Assert.Equal(0, MaskRegions.Of([false, false], 2).Count);
    }

    private static PixelScores Of(float[] map, bool[] mask, int width)
    {
        var scores = new PixelScores();
        scores.Add(map, MaskRegions.Of(mask, width));
        return scores;
    }

    /// <summary>The textbook way: a point for each threshold, trapezoids, the last one cut at the limit.</summary>
    private static double ByCurve(List<double> id, List<List<double>> regions, double limit)
    {
        double area = 0, x = 0, y = 0;
        foreach (var threshold in id.Concat(regions.SelectMany(r => r)).Distinct().OrderDescending())
        {
            var nextX = (double)id.Count(s => s >= threshold) / id.Count;
            var nextY = regions.Average(r => (double)r.Count(s => s >= threshold) / r.Count);
            var (endX, endY) = nextX <= limit ? (nextX, nextY) : (limit, y + (nextY - y) * (limit - x) / (nextX - x));
            area += (endX - x) * (y + endY) / 2;
            (x, y) = (nextX, nextY);
            if (nextX >= limit) break;
        }
        return area / limit;
    }
}
