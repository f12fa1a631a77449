namespace MoodStream.Mood.Drift;

/// <summary>
/// Bets against the p-values being uniform. Its gain at each image drives a Shiryaev-Roberts sum R ← g (R + 1), which an
/// unchanged stream lifts above C once in C images at the most.
/// </summary>
/// <remarks>
/// Source: Vovk et al. 2021, "Retrain or not retrain: conformal test martingales for change-point detection", section 4
/// (Simple Jumper: bets 1, 1 ± (p − ½), jumping between them) and section 5 (Shiryaev-Roberts), arXiv:2102.10439.
/// Differs: a fourth bet, ½ p^(−½), which integrates to 1 too and gains fast where images go out of distribution; p-values
/// are ranks in bins; after an alarm everything begins anew. Guarantee: R − n is a martingale under no change, so the mean time to R ≥ C is at least C.
/// One thread at a time.
/// </remarks>
internal sealed class JumperMartingale(double imagesPerFalseAlarm, double jumpRate) : IDriftTest
{
    private const int Bets = 4;

    private readonly OnlineRank _ranks = new();
    private readonly double[] _shares = [.. Enumerable.Repeat(1.0 / Bets, Bets)];

    /// <inheritdoc/>
    public string Name => DriftMonitor.Martingale;

    /// <inheritdoc/>
    public bool ComparesWithStatistics => false;

    /// <inheritdoc/>
    public double Value { get; private set; }

    /// <inheritdoc/>
    public double Limit => imagesPerFalseAlarm;

    /// <inheritdoc/>
    public bool Observe(in DriftObservation image)
    {
        Value = Gain(_ranks.Next(image.PValue, image.Draw)) * (Value + 1);
        if (Value < Limit) return false;
        Reset();                                                                 // what comes now is the past of what comes next
        return true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _ranks.Reset();
        Array.Fill(_shares, 1.0 / Bets);
        Value = 0;
    }

    /// <summary>What one unit of money, spread as the shares are, becomes by this p-value.</summary>
    private double Gain(double p)
    {
        ReadOnlySpan<double> factors = [1, 0.5 + p, 1.5 - p, 0.5 / Math.Sqrt(p)];
        double gain = 0;
        for (var i = 0; i < Bets; i++)
        {
            _shares[i] = ((1 - jumpRate) * _shares[i] + jumpRate / Bets) * factors[i];
            gain += _shares[i];
        }
        for (var i = 0; i < Bets; i++) _shares[i] /= gain;
        return gain;
    }
}
