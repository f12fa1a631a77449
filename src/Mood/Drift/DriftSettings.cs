namespace MoodStream.Mood.Drift;

/// <summary>
/// When a stream counts as drifting. The defaults are set by the simulations of docs/drift.md, which are among the tests.
/// </summary>
public sealed record DriftSettings
{
    /// <summary>
    /// The martingale's alarm: under no change an image's false alarm comes once in so many images at the most, above 1.
    /// Default ten millions.
    /// </summary>
    public double ImagesPerFalseAlarm { get; init; } = 1e7;

    /// <summary>Share of the bets that is spread anew at each image, in (0, 1). Default 0.01 (Vovk et al. 2021).</summary>
    public double JumpRate { get; init; } = 0.01;

    /// <summary>Images of a window that is compared with the calibration, at least 50. Default 500.</summary>
    public int Window { get; init; } = 500;

    /// <summary>Chance that the Kolmogorov-Smirnov test of a window alarms under no change, in (0, 1). Default 10⁻⁵.</summary>
    public double KolmogorovSmirnovLevel { get; init; } = 1e-5;

    /// <summary>Population stability index from which a window alarms, above 0. Default 0.25, the usual rule.</summary>
    public double StabilityIndex { get; init; } = 0.25;

    /// <summary>ADWIN's δ, in (0, 1). Default 10⁻⁴.</summary>
    public double AdwinDelta { get; init; } = 1e-4;

    /// <summary>
    /// How far the mean feature of a window may lie from the statistics, in units of √D whitened standard deviations, above
    /// 0: as far as the guards of a refit allow by default, one quarter.
    /// </summary>
    public double MeanShift { get; init; } = 0.25;

    /// <summary>
    /// Images without any sign of drift after which an episode is over; more than a window, or each window would begin
    /// another. Default 2,000.
    /// </summary>
    public int CoolDown { get; init; } = 2000;

    /// <summary>Refuses settings outside their ranges, all at once.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names each.</exception>
    public void Require()
    {
        (string Name, double Value, bool Holds)[] settings =
        [
            (nameof(ImagesPerFalseAlarm), ImagesPerFalseAlarm, ImagesPerFalseAlarm > 1),
            (nameof(JumpRate), JumpRate, JumpRate is > 0 and < 1),
            (nameof(Window), Window, Window >= 50),
            (nameof(KolmogorovSmirnovLevel), KolmogorovSmirnovLevel, KolmogorovSmirnovLevel is > 0 and < 1),
            (nameof(StabilityIndex), StabilityIndex, StabilityIndex > 0),
            (nameof(AdwinDelta), AdwinDelta, AdwinDelta is > 0 and < 1),
            (nameof(MeanShift), MeanShift, MeanShift > 0),
            (nameof(CoolDown), CoolDown, CoolDown > Window),
        ];
        var wrong = settings.Where(s => !s.Holds).Select(s => $"{s.Name} is {s.Value}").ToArray();
        if (wrong.Length > 0) throw new ArgumentException($"Drift settings outside their ranges: {string.Join(", ", wrong)}.");
    }
}
