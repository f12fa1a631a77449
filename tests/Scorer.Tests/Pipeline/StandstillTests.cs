using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Scorer.Pipeline;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;

namespace MoodStream.ScorerTests.Pipeline;

/// <summary>A scorer that holds images and ends none is told apart from one that waits, and ended.</summary>
public sealed class StandstillTests(Backbones backbones)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5), Longer = Patience + TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Look_NothingMovesWithRecordsInHand_IsAStandstillAfterThePatience()
    {
        var standstill = new Standstill(Patience, _clock);
        Assert.Null(standstill.Look(InHand(3), holding: false));
        _clock.Advance(Patience);
        Assert.Null(standstill.Look(InHand(3), holding: false));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("no offset has moved for 301 s, with 3 records in hand", standstill.Look(InHand(3), holding: false));
    }

    [Theory]
    [InlineData(0, 0, false, false)]
    [InlineData(3, 1, false, false)]
    [InlineData(3, 0, true, false)]
    [InlineData(3, 0, false, true)]
    public void Look_NothingInHandOffsetsMoveBrokersAreAwayOrAGateHolds_IsNone(int inHand, long moves, bool brokerSilent, bool holding)
    {
        var standstill = new Standstill(Patience, _clock);
        Assert.Null(standstill.Look(InHand(3), holding: false));
        _clock.Advance(Longer);
        Assert.Null(standstill.Look(new(inHand, moves, TimeSpan.Zero, brokerSilent), holding));
        _clock.Advance(Patience);
        Assert.Null(standstill.Look(new(3, moves, TimeSpan.Zero, BrokerSilent: false), holding: false));
        _clock.Advance(Longer);
        Assert.NotNull(standstill.Look(new(3, moves, TimeSpan.Zero, BrokerSilent: false), holding: false));
    }

    [Fact]
    public void Look_PollThreadHangs_IsAStandstillThoughNothingIsInHand() => Assert.Equal(
        "Kafka has not been polled for 301 s", new Standstill(Patience, _clock).Look(new(0, 0, Longer, BrokerSilent: false), holding: true));

    [Fact]
    public async Task Run_DeviceNeverReturns_TheScorerFaultsAndIsEndedByForceWhereItMust()
    {
        var settings = Settings.One(backbones) with { MaxStandstill = TimeSpan.FromMilliseconds(200) };
        await using var scorer = new RunningScorer(settings);
        scorer.Statistics.Activate("default", 1, backbones.Statistics);
        await scorer.StartAsync();
        string? abandoned = null;
        using var watch = new StandstillWatch(
            settings, scorer.Pipeline, scorer.Gates, why => abandoned = why, TimeProvider.System, NullLogger<StandstillWatch>.Instance);
        await scorer.BlockDeviceAsync();
        scorer.Consumer.Write(Records.Input(0, backbones.Accepted));
        await watch.StartAsync(RunningScorer.Cancellation);

        Assert.Contains("with 1 records in hand", await scorer.FaultAsync(), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => abandoned is not null, "it is ended by force");
        Assert.Empty(scorer.Consumer.Completed);
        await watch.StopAsync(RunningScorer.Cancellation);
    }

    private static ConsumerProgress InHand(int records) => new(records, Moves: 0, TimeSpan.Zero, BrokerSilent: false);
}
