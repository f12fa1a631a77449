using MoodStream.Bench.Rig;

namespace MoodStream.BenchTests.Rig;

/// <summary>How long verdicts stayed away, worked out by hand: ten a second, except while a fault lasts.</summary>
public sealed class VerdictRateTests
{
    [Fact]
    public void Recovery_SilenceOfEightSeconds_EndsWhenHalfTheRateIsBack()
    {
        var rate = Flowing(silentFrom: 20, silentUntil: 28, end: 60);
        Assert.Equal(8, rate.LongestSilence(20, 60), tolerance: 0.15);
        // Over three seconds half the rate is reached once the silence covers half of them: 1.5 s before its end.
        Assert.Equal(6.5, rate.Recovery(20, 60)!.Value, tolerance: 0.25);
    }

    [Fact]
    public void Recovery_NeverSlower_IsNone() => Assert.Equal(0, Flowing(silentFrom: 0, silentUntil: 0, end: 60).Recovery(20, 60));

    [Fact]
    public void Recovery_StillSilentAtTheEnd_IsUnknown() => Assert.Null(Flowing(silentFrom: 20, silentUntil: 60, end: 60).Recovery(20, 40));

    private static VerdictRate Flowing(double silentFrom, double silentUntil, double end)
    {
        var (rate, ended) = (new VerdictRate(), 0);
        for (var step = 1; step <= end * 10; step++)
        {
            var at = step / 10.0;
            if (at <= silentFrom || at > silentUntil) ended++;
            rate.Note(at, ended);
        }

        return rate;
    }
}
