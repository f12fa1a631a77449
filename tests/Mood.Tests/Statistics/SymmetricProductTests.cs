using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Statistics;

public sealed class SymmetricProductTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(191)]
    [InlineData(192)]
    [InlineData(193)]
    [InlineData(500)]
    public void Of_AnyWidth_IsTheWholeProductAndSymmetric(long width)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)width);
        var rows = randn(40, width, ScalarType.Float64, generator: generator) + 2;
        var weights = rand(40, 1, ScalarType.Float64, generator: generator);
        var product = SymmetricProduct.Of(rows * weights, rows);
        var whole = (rows * weights).t().matmul(rows);
        Assert.InRange((product - whole).abs().max().item<double>() / whole.abs().max().item<double>(), 0, 1e-14);
        Assert.True(product.eq(product.t()).all().item<bool>());
    }

    [Fact]
    public void AddTo_SumThatHoldsSomething_KeepsIt()
    {
        using var scope = NewDisposeScope();
        var rows = tensor(new double[] { 1, 2, 3, 4 }, [2, 2]);                  // rowsᵀ · rows = (10, 14; 14, 20)
        var sum = tensor(new double[] { 1, 5, 5, 2 }, [2, 2]);
        SymmetricProduct.AddTo(sum, rows, rows);
        Assert.Equal([11, 19, 19, 22], sum.data<double>().ToArray());
    }
}
