using MoodStream.Mood.Drift;

namespace MoodStream.MoodTests.Drift;

/// <summary>The simulations that the defaults were set by; docs/drift.md quotes them.</summary>
public sealed class DriftSimulationTests(ITestOutputHelper output)
{
    private const int Calibration = 1000;
    private const int Before = 2000;

    [Fact]
    public void Observe_NoChange_AlarmsLessThanOnceIn100000Images()
    {
        const int streams = 30, images = 100_000;
        var alarms = new Dictionary<string, int>();
        Parallel.For(0, streams, seed =>
        {
            var stream = new DriftStream(1000 + seed, Calibration);
            var monitor = Begun(Calibration);
            for (var i = 0; i < images; i++)
                if (monitor.Observe(stream.Next()) is { } alarm)
                    lock (alarms) alarms[alarm.Test] = alarms.GetValueOrDefault(alarm.Test) + 1;
        });
        output.WriteLine($"false alarms in {streams} streams of {images:N0} images: {Text(alarms)}");
        Assert.InRange(alarms.Values.Sum(), 0, 1);                               // 0.03 in 100,000 images
    }

    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    public void Observe_NoChangeAndFewCalibrationImages_AlarmsNoMoreOften(int calibration)
    {
        const int streams = 40, images = 20_000;
        var alarms = Enumerable.Range(0, streams).AsParallel().Sum(seed =>
        {
            var stream = new DriftStream(7000 + seed, calibration);
            var monitor = Begun(calibration);
            return Enumerable.Range(0, images).Count(_ => monitor.Observe(stream.Next()) is not null);
        });
        output.WriteLine($"false alarms with {calibration} calibration images in {streams * images:N0} images: {alarms}");
        Assert.InRange(alarms, 0, 2);
    }

    [Theory]
    [InlineData(0.25, 1, 1200, 0.75)]
    [InlineData(0.5, 1, 250, 1)]
    [InlineData(1, 1, 80, 1)]
    [InlineData(2, 1, 25, 1)]
    [InlineData(0, 1.5, 800, 0.8)]
    public void Observe_Shift_IsSeenAfterSoManyImages(double shift, double scale, int within, double share)
    {
        const int streams = 40, after = 3000;
        var delays = Enumerable.Range(0, streams).AsParallel().Select(seed => Delay(seed, shift, scale, after)).Order().ToArray();
        var by = delays.GroupBy(d => d.Test).ToDictionary(g => g.Key, g => g.Count());
        output.WriteLine(
            $"shift {shift} sd, scale {scale}: median delay {delays[streams / 2].Images}, 90 % {delays[streams * 9 / 10].Images}; {Text(by)}");
        Assert.True(delays.Count(d => d.Images <= after) >= share * streams);
        Assert.InRange(delays[streams / 2].Images, 1, within);
    }

    [Fact]
    public void Observe_SlowSeason_IsSeenBeforeTheFalseAlarmRateHasDoubled()
    {
        const int images = 20_000;
        var seen = Enumerable.Range(0, 20).AsParallel().Select(seed =>
        {
            var stream = new DriftStream(500 + seed, Calibration);
            var monitor = Begun(Calibration);
            for (var i = 0; i < images; i++)
                if (monitor.Observe(stream.Next((double)i / images)) is not null) return (double)i / images;
            return 1;
        }).Order().ToArray();
        output.WriteLine($"season of one sd in {images:N0} images: seen at a shift of {seen[10]:F2} sd, at the latest {seen[^1]:F2}");
        Assert.InRange(seen[^1], 0.02, 0.35);                                    // 0.35 sd: 1 % becomes 2.4 %
    }

    private static (int Images, string Test) Delay(int seed, double shift, double scale, int after)
    {
        var stream = new DriftStream(seed, Calibration);
        var monitor = Begun(Calibration);
        for (var i = 0; i < Before; i++) monitor.Observe(stream.Next());
        for (var i = 1; i <= after; i++)
            if (monitor.Observe(stream.Next(shift, scale)) is { } alarm) return (i, alarm.Test);
        return (after + 1, "none");
    }

    private static DriftMonitor Begun(int calibration)
    {
        var monitor = new DriftMonitor(new DriftSettings());
        monitor.Begin(calibration);
        return monitor;
    }

    private static string Text(Dictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.OrderBy(c => c.Key).Select(c => $"{c.Key} {c.Value}"));
}
