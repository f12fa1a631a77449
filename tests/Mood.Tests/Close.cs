using static TorchSharp.torch;

namespace MoodStream.MoodTests;

/// <summary>Comparisons of numbers within a tolerance that the test states.</summary>
internal static class Close
{
    /// <summary>Every value within the tolerance times the largest absolute expected value.</summary>
    public static void Relative(double[] expected, double[] actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
    }

    /// <summary>Every value within the tolerance.</summary>
    public static void Absolute(double[] expected, double[] actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
    }

    /// <summary>Every value of a tensor within the tolerance times the largest absolute expected value.</summary>
    public static void Relative(Tensor expected, Tensor actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.shape, actual.shape);
        Relative(Flat(expected), Flat(actual), tolerance, what);
    }

    /// <summary>All values in row order.</summary>
    public static double[] Flat(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
