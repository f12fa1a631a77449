using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>Guards what is left after a removal.</summary>
internal static class StillAScatter
{
    /// <summary>Refuses a remaining scatter with a negative variance that rounding cannot explain.</summary>
    /// <param name="remaining">What is left, shape [D, D].</param>
    /// <param name="before">What there was, shape [D, D]; its largest variance is the scale of the rounding.</param>
    /// <param name="tolerance">Share of that scale that counts as rounding.</param>
    /// <exception cref="StatisticsException">A variance is negative.</exception>
    public static void Require(Tensor remaining, Tensor before, double tolerance)
    {
        using var scope = NewDisposeScope();
        double least = remaining.diagonal().min().item<double>(), scale = before.diagonal().max().item<double>();
        if (least < -tolerance * scale)
            throw new StatisticsException(StatisticsFault.RemovedTooMuch, $"Removing these rows would leave a negative variance ({least:G3}).");
    }
}
