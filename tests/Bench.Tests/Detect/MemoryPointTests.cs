using MoodStream.Bench.Detect;

namespace MoodStream.BenchTests.Detect;

/// <summary>The formulas that measured memory is compared with.</summary>
public sealed class MemoryPointTests
{
    [Fact]
    public void StateFormula_IsLinearInClassesAndSquareInWidth()
    {
        Assert.Equal(8 * (2 * 10 * 4 + 3 * 16), MemoryPoint.StateFormula(10, 4));
        Assert.Equal(8 * 2 * 10 * 4, MemoryPoint.StateFormula(20, 4) - MemoryPoint.StateFormula(10, 4));
    }

    [Fact]
    public void TemporaryFormula_ManyImages_GrowsNoFurther()
    {
        Assert.Equal(8 * 3 * (10 * 4 + 2 * 5), MemoryPoint.TemporaryFormula(5, 4, 3));
        Assert.Equal(MemoryPoint.TemporaryFormula(1000, 768, 10_000), MemoryPoint.TemporaryFormula(1000, 768, 1_000_000));
    }

    [Fact]
    public void Met_MeasuredBeyondTheFormula_IsNot()
    {
        var point = new MemoryPoint(1, 1, 1, StateBytes: 100 << 20, TemporaryBytes: 0, MeasuredBytes: 100 << 20);
        Assert.Equal((true, 1.0), (point.Met, point.Ratio));
        Assert.False((point with { MeasuredBytes = 200 << 20 }).Met);
    }
}
