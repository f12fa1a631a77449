using CsCheck;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Gateway.Live;

namespace MoodStream.GatewayTests.Live;

public sealed class LiveRatesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Noon);
    private readonly LiveRates _rates;

    public LiveRatesTests() => _rates = new(_clock);

    [Fact]
    public void Read_EndedImages_CountInTheSecondTheyWerePutInAndEnded()
    {
        _rates.Count(Ended(LiveVerdict.Accept, Noon.AddSeconds(-2), Noon.AddSeconds(-1)));
        _rates.Count(Ended(LiveVerdict.Review, Noon.AddSeconds(-2), Noon.AddSeconds(-2)));
        _rates.Count(Ended(LiveVerdict.DeadLetter, Noon.AddSeconds(-1), Noon));

        var series = _rates.Read(RateResolution.Second, 3).Series;

        Assert.Equal(
            [
                new RatePoint(Noon.AddSeconds(-2), In: 2, Accept: 0, Review: 1, DeadLetter: 0),
                new RatePoint(Noon.AddSeconds(-1), In: 1, Accept: 1, Review: 0, DeadLetter: 0),
                new RatePoint(Noon, In: 0, Accept: 0, Review: 0, DeadLetter: 1),
            ],
            series);
    }

    [Fact]
    public void Read_TimePasses_ImagesLeaveTheWindowButNotTheTotal()
    {
        _rates.Count(Ended(LiveVerdict.Accept, Noon, Noon));
        _clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(1, _rates.Read(RateResolution.Second).Series[0].Accept);

        _clock.Advance(TimeSpan.FromSeconds(1));

        var seconds = _rates.Read(RateResolution.Second);
        Assert.Equal(300, seconds.Series.Count);
        Assert.All(seconds.Series, point => Assert.Equal(0, point.Accept));
        Assert.Null(seconds.LatencyP50Ms);
        Assert.Equal(1, seconds.Total.Accept);
        Assert.Equal(1, _rates.Read(RateResolution.Minute).Series.Sum(point => point.Accept));
    }

    [Fact]
    public void Read_OldAndFutureTimes_AreLeftOutAndCountedNow()
    {
        _rates.Count(Ended(LiveVerdict.Accept, Noon.AddDays(-400), Noon.AddDays(-400)));
        _rates.Count(Ended(LiveVerdict.Review, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue));
        _rates.Count(Ended(LiveVerdict.DeadLetter, DateTimeOffset.MinValue, DateTimeOffset.MinValue));

        var rates = _rates.Read(RateResolution.Second);

        Assert.Equal(new RatePoint(Noon, 1, 0, 1, 0), rates.Series[^1]);
        Assert.Equal(1, rates.Series.Sum(point => point.In));
        Assert.Equal(new RateSeries.Totals(1, 1, 1), rates.Total);
    }

    [Fact]
    public void Read_Gates_TellReviewByJudgedBesideThePromise()
    {
        for (var i = 0; i < 20; i++) _rates.Count(Ended(i < 3 ? LiveVerdict.Review : LiveVerdict.Accept, Noon, Noon));
        _rates.Count(Ended(LiveVerdict.Accept, Noon, Noon) with { Gate = "fabric", PromisedFalseAlarmRate = null });
        _rates.Count(Ended(LiveVerdict.DeadLetter, Noon, Noon) with { Gate = null });

        Assert.Equal(
            [new GateRate("fabric", 1, 0, 0, null), new GateRate("parts", 20, 3, 0.15, 0.05)],
            _rates.Read(RateResolution.Second).Gates);
    }

    [Fact]
    public void ReadGate_OfOneGate_CountsItsImagesAloneAndTheLagOfAll()
    {
        _rates.Count(Ended(LiveVerdict.Review, Noon, Noon));
        _rates.Count(Ended(LiveVerdict.Accept, Noon, Noon));
        _rates.Count(Ended(LiveVerdict.Accept, Noon, Noon));
        _rates.Count(Ended(LiveVerdict.Accept, Noon, Noon) with { Gate = "fabric", PromisedFalseAlarmRate = 0.02 });
        _rates.Count(Ended(LiveVerdict.DeadLetter, Noon, Noon) with { Gate = null });
        _rates.CountLag(17);
        _rates.CountLag(9);

        var parts = _rates.ReadGate("parts", RateResolution.Second);

        Assert.Equal((300, 1, 0.05), (parts.Series.Count, parts.StepSeconds, parts.PromisedFalseAlarmRate));
        Assert.Equal(new GateRatePoint(Noon, Accept: 2, Review: 1, DeadLetter: 1, Lag: 17), parts.Series[^1]);
        Assert.Equal(new GateRatePoint(Noon.AddSeconds(-1), 0, 0, 0, 0), parts.Series[^2]);
        Assert.Equal(new GateRatePoint(Noon, Accept: 1, Review: 0, DeadLetter: 1, Lag: 17), _rates.ReadGate("fabric", RateResolution.Minute).Series[^1]);
    }

    [Fact]
    public void Read_MoreGatesThanAreTold_AreToldTogether()
    {
        for (var i = 0; i < 200; i++) _rates.Count(Ended(LiveVerdict.Accept, Noon, Noon) with { Gate = $"gate-{i}" });

        var gates = _rates.Read(RateResolution.Second).Gates;

        Assert.Equal(65, gates.Count);
        Assert.Equal(200, gates.Sum(gate => gate.Judged));
    }

    [Fact]
    public void Quantile_AnyLatencies_IsWithinFivePercentOfTheExactOne()
    {
        Gen.Double[0.2, 100_000].Array[1, 200].Sample(latencies =>
        {
            var histogram = new LatencyHistogram();
            foreach (var latency in latencies) histogram.Add(latency);
            Array.Sort(latencies);
            foreach (var share in new[] { 0.01, 0.5, 0.99, 1 })
            {
                var exact = latencies[(int)Math.Max(1, Math.Ceiling(share * latencies.Length)) - 1];
                Assert.InRange(histogram.Quantile(share)!.Value, exact / 1.05, exact * 1.05);
            }
        }, seed: "0000KOIKqNC3");
    }

    [Fact]
    public void Merge_TwoHistograms_IsTheHistogramOfBoth()
    {
        Gen.Select(Gen.Double[0, 1e9].Array, Gen.Double[0, 1e9].Array).Sample((left, right) =>
        {
            var (merged, both) = (Of(left), Of([.. left, .. right]));
            merged.Merge(Of(right));
            Assert.Equal(both.Count, merged.Count);
            foreach (var share in new[] { 0.1, 0.5, 0.9, 1 }) Assert.Equal(both.Quantile(share), merged.Quantile(share));
        }, seed: "0000KOIKqNC3");

        static LatencyHistogram Of(double[] latencies)
        {
            var histogram = new LatencyHistogram();
            foreach (var latency in latencies) histogram.Add(latency);
            return histogram;
        }
    }

    private static LiveResult Ended(LiveVerdict verdict, DateTimeOffset receivedAt, DateTimeOffset endedAt) => new()
    {
        ImageId = "image",
        Source = "belt-1",
        Gate = "parts",
        PromisedFalseAlarmRate = 0.05,
        Verdict = verdict,
        ReceivedAt = receivedAt,
        EndedAt = endedAt,
    };
}
