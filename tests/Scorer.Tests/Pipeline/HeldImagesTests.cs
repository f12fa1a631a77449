using MoodStream.Scorer;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Pipeline;
using MoodStream.Scorer.Telemetry;
using Prometheus;

namespace MoodStream.ScorerTests.Pipeline;

/// <summary>Images set aside for gates that hold: their order, their bounds, and that they are let go.</summary>
public sealed class HeldImagesTests(Backbones backbones)
{
    private static readonly ScorerSettings Roomy = new() { MaxHeldImages = 100, MaxHeldBytes = 1 << 30, MaxImagesPastHeld = 100 };

    [Fact]
    public void Release_OneOfTwoGatesJudgesAgain_GivesItsImagesInOrderAndKeepsTheOthers()
    {
        var held = Held(Roomy);
        Gate first = GateOf("first"), second = GateOf("second");
        foreach (var i in Enumerable.Range(0, 6)) held.Hold(Image(i, i % 2 == 0 ? first : second));
        Assert.Empty(held.Release(_ => true));

        second.Replace(Judging());
        Assert.Equal([1L, 3L, 5L], held.Release(_ => true).Select(i => i.Record.Position.Offset));
        Assert.Equal(3, held.Count);
        second.Replace(GateState.Unknown);
    }

    [Fact]
    public void Release_ImagesOfAnotherMember_AreForgotten()
    {
        var held = Held(Roomy);
        var gate = GateOf("gate");
        foreach (var i in Enumerable.Range(0, 4)) held.Hold(Image(i, gate));
        Assert.Empty(held.Release(i => i.Record.Position.Offset > 1));
        Assert.Equal(2, held.Count);
    }

    [Fact]
    public void Full_ByCount_WhenTheLastPlaceIsTaken()
    {
        var held = Held(Roomy with { MaxHeldImages = 2 });
        held.Hold(Image(0, GateOf("gate")));
        Assert.False(held.Full);
        held.Hold(Image(1, GateOf("gate")));
        Assert.True(held.Full);
    }

    [Fact]
    public void Full_ByBytes_CountsEncodedBytesAndPixelsAndForgetsWhatWasReleased()
    {
        var held = Held(Roomy with { MaxHeldBytes = 2_000_000 });
        var gate = GateOf("gate");
        held.Hold(Image(0, gate, encodedBytes: 1_000_000, pixels: 249_999));
        Assert.False(held.Full);
        held.Hold(Image(1, gate, encodedBytes: 4, pixels: 0));
        Assert.True(held.Full);
        held.Release(i => i.Record.Position.Offset == 1);
        Assert.False(held.Full);
    }

    [Fact]
    public void Full_ByImagesThatPassed_CountsFromTheOldestHeld()
    {
        var held = Held(Roomy with { MaxImagesPastHeld = 10 });
        held.Pass(50);
        Assert.False(held.Full);
        held.Hold(Image(0, GateOf("gate")));
        held.Pass(9);
        Assert.False(held.Full);
        held.Hold(Image(1, GateOf("gate")));
        held.Pass(1);
        Assert.True(held.Full);
        held.Release(i => i.Record.Position.Offset == 1);
        Assert.False(held.Full);
    }

    private static HeldImages Held(ScorerSettings settings) => new(settings, new ScorerMetrics(Metrics.NewCustomRegistry()));

    private Gate GateOf(string name) => new(name, new GateSettings { Backbone = backbones.File }, backbones.Backbone, TimeProvider.System);

    private GateState Judging() => new(1, backbones.ReadStatistics(), null);

    private static PreparedImage Image(long offset, Gate gate, int encodedBytes = 8, int pixels = 8) => new(
        Records.Input(offset, new byte[encodedBytes]), $"image-{offset}", "belt-1", gate, new float[pixels], null)
    {
        Size = (16, 16),
    };
}
