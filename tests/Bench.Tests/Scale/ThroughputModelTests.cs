using MoodStream.Bench.Scale;

namespace MoodStream.BenchTests.Scale;

/// <summary>The model of the throughput, worked out by hand: 2 cores, 4 ms of processor time an image.</summary>
public sealed class ThroughputModelTests
{
    private readonly ThroughputModel _model = new(Cores: 2, CpuSeconds: 0.004);

    [Theory]
    [InlineData(1, 16, 500)]
    [InlineData(2, 16, 1_000)]
    [InlineData(4, 16, 2_000)]
    [InlineData(3, 16, 500 * 16 / 6.0)]
    [InlineData(16, 16, 8_000)]
    [InlineData(20, 16, 8_000)]
    [InlineData(4, 1, 500)]
    public void Of_MachinesAndPartitions_IsBoundedByTheOneWithMostPartitions(int machines, int partitions, double expected) =>
        Assert.Equal(expected, _model.Of(machines, partitions), precision: 9);

    [Theory]
    [InlineData(0.001, 500)]
    [InlineData(0.004, 250)]
    public void OfOne_DeviceOfItsOwn_IsTheSlowerOfTheTwo(double deviceSeconds, double expected) =>
        Assert.Equal(expected, (_model with { DeviceSeconds = deviceSeconds }).OfOne, precision: 9);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.001)]
    [InlineData(0.8, 0.004)]
    public void MeanWait_Load_IsPollaczekKhinchine(double load, double expected) => Assert.Equal(expected, _model.MeanWait(load), precision: 12);

    [Fact]
    public void MeanWait_FullOrNoMachine_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.MeanWait(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.Of(0, 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.Of(1, 0));
    }

    [Fact]
    public void PowersOfTen_UpToANumber_EndWithIt()
    {
        Assert.Equal([1], MathsSweeps.PowersOfTen(1));
        Assert.Equal([1, 10, 100], MathsSweeps.PowersOfTen(100));
        Assert.Equal([1, 10, 25], MathsSweeps.PowersOfTen(25));
    }

    [Fact]
    public void Classes_OneAndTen_HaveACost()
    {
        var points = MathsSweeps.Classes(10).ToList();
        Assert.Equal([1.0, 10.0], points.Select(p => p.Work));
        Assert.All(points, p => Assert.True(p.Cost > 0));
    }
}
