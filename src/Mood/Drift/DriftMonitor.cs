using MoodStream.Mood.Calibration;
using MoodStream.Mood.Gates;

namespace MoodStream.Mood.Drift;

/// <summary>
/// Watches the images of one source under one gate for drift. An alarm is raised once for each episode: the episode ends
/// after a cool-down without any sign of drift, by <see cref="Keep"/>, or with new statistics.
/// </summary>
/// <remarks>
/// Memory: about 10 KiB and one row of D doubles, plus one for each class, whatever the number of images. One thread at a
/// time.
/// </remarks>
public sealed class DriftMonitor
{
    /// <summary>Conformal test martingale on online p-values: sees changes within the stream.</summary>
    public const string Martingale = "martingale";

    /// <summary>ADWIN on the p-values: sees changes of their mean within the stream.</summary>
    public const string Adwin = "adwin";

    /// <summary>Kolmogorov-Smirnov test of a window: sees a stream that is not like the calibration.</summary>
    public const string KolmogorovSmirnov = "kolmogorov_smirnov";

    /// <summary>Population stability index of a window: sees large differences from the calibration.</summary>
    public const string Stability = "psi";

    /// <summary>Mean feature of a window: sees shifts of the images before scores show them.</summary>
    public const string FeatureMean = "feature_mean";

    private readonly DriftSettings _settings;
    private IDriftTest[] _tests = [];
    private bool _mute;
    private long _quiet;

    /// <summary>Makes a monitor; <see cref="Begin(GateStatistics)"/> has to come first.</summary>
    /// <param name="settings">When a stream counts as drifting.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public DriftMonitor(DriftSettings settings)
    {
        settings.Require();
        _settings = settings;
    }

    /// <summary>Names of all tests, in the order in which they are asked. They are labels of a metric.</summary>
    public static IReadOnlyList<string> Tests { get; } = [Martingale, Adwin, KolmogorovSmirnov, Stability, FeatureMean];

    /// <summary>Where the monitor is.</summary>
    public DriftState State { get; private set; }

    /// <summary>Images since the monitor last began anew.</summary>
    public long Images { get; private set; }

    /// <summary>What each test measured last.</summary>
    public IReadOnlyList<DriftReading> Readings => [.. _tests.Select(t => new DriftReading(t.Name, t.Value, t.Limit))];

    /// <summary>Begins anew, with the statistics that judge from now on: p-values mean something else then.</summary>
    /// <param name="statistics">The statistics; they have to outlive their use here.</param>
    public void Begin(GateStatistics statistics) => Begin(
        statistics.CalibrationCount,
        statistics.Detector.Gaussian is { } gaussian ? new FeatureMeanTest(_settings.Window, _settings.MeanShift, gaussian) : null);

    /// <summary>Begins anew, for p-values alone.</summary>
    /// <param name="calibrationSize">Calibration scores behind the p-values, at least 1.</param>
    public void Begin(int calibrationSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationSize, 1);
        Begin(calibrationSize, features: null);
    }

    /// <summary>Takes the next image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>An alarm if an episode begins with this image; else null.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The p-value or the draw is outside (0, 1).</exception>
    /// <exception cref="ArgumentException">The feature or its class does not fit the statistics.</exception>
    /// <exception cref="InvalidOperationException">The monitor has not begun.</exception>
    public DriftAlarm? Observe(in DriftObservation image)
    {
        if (_tests.Length == 0) throw new InvalidOperationException("The monitor has not begun: it knows no statistics.");
        Probability.RequireInside(image.PValue, nameof(image.PValue));
        Probability.RequireInside(image.Draw, nameof(image.Draw));
        if (State == DriftState.Accepted) return null;
        Images++;
        var (first, value) = FirstAlarm(image);
        if (first is null)
        {
            if (State == DriftState.Drifting && ++_quiet >= _settings.CoolDown) State = DriftState.Watching;
            return null;
        }
        _quiet = 0;
        if (State == DriftState.Drifting) return null;
        State = DriftState.Drifting;
        return new DriftAlarm(first.Name, value, first.Limit, Images);
    }

    /// <summary>
    /// The source drifts, as others have seen: there is no further alarm until the episode is over. Nothing happens where it is known, or
    /// where the drift was accepted.
    /// </summary>
    public void Resume()
    {
        if (State == DriftState.Watching) (State, _quiet) = (DriftState.Drifting, 0);
    }

    /// <summary>
    /// Somebody decided that the statistics stay and that this is how the source looks: what compares with the statistics
    /// is silent until there are others, and what looks for changes within the stream begins anew.
    /// </summary>
    public void Keep()
    {
        _mute = true;
        foreach (var test in _tests) test.Reset();
        (State, _quiet) = (DriftState.Watching, 0);
    }

    /// <summary>
    /// Somebody decided that this is the new normal: nothing is looked for until <see cref="Begin(GateStatistics)"/> comes
    /// with statistics fitted to it.
    /// </summary>
    public void AcceptAsNewNormal() => State = DriftState.Accepted;

    /// <summary>Every test sees every image, so that none falls behind; the first that alarms speaks.</summary>
    private (IDriftTest? First, double Value) FirstAlarm(in DriftObservation image)
    {
        IDriftTest? first = null;
        double value = 0;
        foreach (var test in _tests)
        {
            if (_mute && test.ComparesWithStatistics || !test.Observe(image) || first is not null) continue;
            (first, value) = (test, Math.Max(test.Value, test.Limit));
        }
        return (first, value);
    }

    private void Begin(int calibrationSize, FeatureMeanTest? features)
    {
        IDriftTest[] ofPValues =
        [
            new JumperMartingale(_settings.ImagesPerFalseAlarm, _settings.JumpRate),
            new AdaptiveWindow(_settings.AdwinDelta),
            new UniformityTest(_settings.Window, _settings.KolmogorovSmirnovLevel, calibrationSize),
            new StabilityTest(_settings.Window, _settings.StabilityIndex, calibrationSize),
        ];
        _tests = features is null ? ofPValues : [.. ofPValues, features];
        (State, Images, _quiet, _mute) = (DriftState.Watching, 0, 0, false);
    }
}
