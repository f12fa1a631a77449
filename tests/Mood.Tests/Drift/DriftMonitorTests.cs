using MoodStream.Mood.Drift;
using MoodStream.MoodTests.Refit;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Drift;

/// <summary>Episodes, and what a person decides about them.</summary>
public sealed class DriftMonitorTests
{
    private const int Calibration = 1000;

    private static readonly DriftSettings Settings = new() { CoolDown = 1000 };

    [Fact]
    public void Observe_LastingShift_AlarmsOnce()
    {
        var (monitor, stream) = Begun();
        Assert.Equal(0, Alarms(monitor, stream, 2000));
        Assert.Equal(1, Alarms(monitor, stream, 20_000, shift: 1));
        Assert.Equal(DriftState.Drifting, monitor.State);
    }

    [Fact]
    public void Observe_ShiftThatGoesAndComesAgain_AlarmsOncePerEpisode()
    {
        var (monitor, stream) = Begun();
        Alarms(monitor, stream, 1000);
        Assert.Equal(1, Alarms(monitor, stream, 400, shift: 2));
        Assert.Equal(0, Alarms(monitor, stream, 3000));
        Assert.Equal(DriftState.Watching, monitor.State);
        Assert.Equal(1, Alarms(monitor, stream, 400, shift: 2));
    }

    [Fact]
    public void Observe_WithinTheCoolDown_DoesNotAlarmAgain()
    {
        var monitor = new DriftMonitor(Settings with { CoolDown = 5000 });
        monitor.Begin(Calibration);
        var stream = new DriftStream(3, Calibration);
        Alarms(monitor, stream, 1000);
        Assert.Equal(1, Alarms(monitor, stream, 400, shift: 2));
        Alarms(monitor, stream, 1000);
        Assert.Equal(0, Alarms(monitor, stream, 400, shift: 2));
    }

    [Fact]
    public void Keep_LastingShift_IsNotAnnouncedAgainButAFurtherOneIs()
    {
        var (monitor, stream) = Begun();
        Alarms(monitor, stream, 2000);
        Assert.Equal(1, Alarms(monitor, stream, 1000, shift: 1));
        monitor.Keep();
        Assert.Equal(DriftState.Watching, monitor.State);
        Assert.Equal(0, Alarms(monitor, stream, 10_000, shift: 1));
        Assert.Equal(1, Alarms(monitor, stream, 1000, shift: 3));
    }

    [Fact]
    public void AcceptAsNewNormal_UntilNewStatistics_IsSilent()
    {
        var (monitor, stream) = Begun();
        Alarms(monitor, stream, 2000);
        Assert.Equal(1, Alarms(monitor, stream, 1000, shift: 1));
        monitor.AcceptAsNewNormal();
        Assert.Equal(0, Alarms(monitor, stream, 3000, shift: 3));
        Assert.Equal(DriftState.Accepted, monitor.State);
        monitor.Begin(Calibration);
        Assert.Equal((DriftState.Watching, 0), (monitor.State, monitor.Images));
        Assert.Equal(1, Alarms(monitor, stream, 1000, shift: 1));
    }

    [Fact]
    public void Observe_StreamThatNeverWasLikeTheCalibration_IsSeenByTheWindowTests()
    {
        var (monitor, stream) = Begun();
        DriftAlarm? alarm = null;
        for (var i = 0; i < 500; i++) alarm ??= monitor.Observe(stream.Next(shift: 1));
        Assert.Equal((DriftMonitor.KolmogorovSmirnov, 500L), (alarm!.Test, alarm.Images));
        Assert.All(monitor.Readings.Where(r => r.Test is DriftMonitor.KolmogorovSmirnov or DriftMonitor.Stability), r => Assert.True(r.Value > r.Limit));
    }

    [Fact]
    public void FeatureMean_ShiftThatScoresDoNotShow_IsSeen()
    {
        using var scope = NewDisposeScope();
        using var statistics = RefitFixture.Approved().Active;
        var monitor = new DriftMonitor(Settings);
        monitor.Begin(statistics);
        var stream = new DriftStream(5, Calibration);
        var rows = RefitFixture.Rows(9, 1000);
        rows.narrow(0, 500, 500).select(1, 2).add_(1);                           // the limit is 0.25 √8 = 0.71
        var alarms = Enumerable.Range(0, 1000).Select(i => monitor.Observe(WithFeature(stream, rows[i]))).ToArray();
        Assert.All(alarms[..999], Assert.Null);
        Assert.Equal(DriftMonitor.FeatureMean, alarms[999]!.Test);
        Assert.Equal(1, alarms[999]!.Value, 0.15);
        Assert.Throws<ArgumentException>(() => monitor.Observe(WithFeature(stream, rows[0][..3])));
    }

    [Fact]
    public void Observe_SameImagesAgain_GivesTheSameAlarm()
    {
        DriftAlarm? Run()
        {
            var monitor = new DriftMonitor(Settings);
            monitor.Begin(99);
            var random = new Random(4);
            for (var i = 0; i < 3000; i++)
            {
                var p = (1 + random.Next(i < 2000 ? 100 : 30)) / 100.0;
                if (monitor.Observe(DriftObservation.Of($"image-{i}", p, 99, seed: 11)) is { } alarm) return alarm;
            }
            return null;
        }
        Assert.NotNull(Run());
        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Observe_WhatIsNoPValue_IsRefused()
    {
        var (monitor, _) = Begun();
        Assert.Throws<ArgumentOutOfRangeException>(() => monitor.Observe(new DriftObservation { PValue = 0, Draw = 0.5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => monitor.Observe(new DriftObservation { PValue = 0.5, Draw = double.NaN }));
        Assert.Throws<InvalidOperationException>(() => new DriftMonitor(Settings).Observe(new DriftObservation { PValue = 0.5, Draw = 0.5 }));
        var refusal = Assert.Throws<ArgumentException>(() => new DriftMonitor(Settings with { Window = 5, CoolDown = 5 }));
        Assert.Contains("Window is 5, CoolDown is 5", refusal.Message, StringComparison.Ordinal);
    }

    private static (DriftMonitor, DriftStream) Begun()
    {
        var monitor = new DriftMonitor(Settings);
        monitor.Begin(Calibration);
        return (monitor, new DriftStream(3, Calibration));
    }

    private static int Alarms(DriftMonitor monitor, DriftStream stream, int images, double shift = 0)
    {
        var alarms = 0;
        for (var i = 0; i < images; i++)
            if (monitor.Observe(stream.Next(shift)) is not null) alarms++;
        return alarms;
    }

    private static DriftObservation WithFeature(DriftStream stream, Tensor row)
    {
        var plain = stream.Next();
        return new DriftObservation { PValue = plain.PValue, Draw = plain.Draw, Feature = row.data<double>().ToArray() };
    }
}
