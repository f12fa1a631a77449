using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>Distrust of tensors that come from outside.</summary>
internal static class StoredTensor
{
    /// <summary>Refuses a stored tensor with another number of axes, or an axis without length.</summary>
    /// <exception cref="StatisticsException">The number of axes differs, or one is empty.</exception>
    public static void RequireAxes(Tensor tensor, string name, int axes)
    {
        if (tensor.dim() != axes || tensor.shape.Contains(0))
            throw new StatisticsException(
                StatisticsFault.Inconsistent, $"'{name}' has shape [{string.Join(", ", tensor.shape)}] where {axes} axes are wanted.");
    }

    /// <summary>Refuses a stored tensor of another type or shape, or with a value that is not finite.</summary>
    /// <exception cref="StatisticsException">The tensor is not float64 of the wanted shape, or holds NaN or
    /// infinity.</exception>
    public static void Require(Tensor tensor, string name, params long[] shape)
    {
        using var scope = NewDisposeScope();
        if (tensor.dtype != ScalarType.Float64 || !tensor.shape.SequenceEqual(shape))
            throw new StatisticsException(
                StatisticsFault.Inconsistent,
                $"'{name}' is {tensor.dtype} of shape [{string.Join(", ", tensor.shape)}] where Float64 of shape [{string.Join(", ", shape)}] is wanted.");
        if (!tensor.isfinite().all().item<bool>())
            throw new StatisticsException(StatisticsFault.Inconsistent, $"'{name}' holds NaN or infinity.");
    }
}
