using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Drift;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Refit;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Bench.RefitYear;

/// <summary>
/// A gate that refits itself: what it accepts and what people confirm goes to moments that forget, to calibration or to the
/// fresh images of the guards, each image to one of them by a hash of its id.
/// </summary>
internal sealed class YearGate : IDisposable
{
    private const double MomentsShare = 0.7;
    private const double CalibrationShare = 0.2;
    private const int CalibrationRows = 2000;
    private const int FreshRows = 1000;
    private const int OodRows = 300;

    /// <summary>Images that the moments remember, by an exponential window.</summary>
    private const double Memory = 10_000;

    private const ulong DrawSeed = 0x5eed;
    private const ulong SplitSeed = 0x5eed5;

    private readonly GateFitSettings _settings;
    private readonly IMomentDetector _detector;
    private readonly RowBuffer _calibration = new(CalibrationRows);
    private readonly RowBuffer _fresh = new(FreshRows);
    private readonly RowBuffer _ood = new(OodRows);
    private readonly DriftMonitor _monitor = new(new DriftSettings());
    private ClassMoments _moments = ClassMoments.Empty(1, YearScene.Dimension);
    private ClassMoments _suspect = ClassMoments.Empty(1, YearScene.Dimension);

    /// <summary>Fits the first version, which a person approves.</summary>
    /// <param name="first">In-distribution images, shape [N, D].</param>
    /// <param name="promised">Promised false-alarm rate.</param>
    public YearGate(Tensor first, double promised)
    {
        _settings = new GateFitSettings { TargetFalseAlarmRate = promised };
        _detector = (IMomentDetector)_settings.Detector;
        Learn("first", first, Enumerable.Range(0, (int)first.shape[0]).Select(i => $"first-{i}"));
        Active = Approved = Fitted();
        _monitor.Begin(Active);
    }

    /// <summary>The version that judges.</summary>
    public GateStatistics Active { get; private set; }

    /// <summary>The last version that a person approved.</summary>
    public GateStatistics Approved { get; private set; }

    /// <summary>Whether the drift at hand was accepted as the new normal, and there is no version of it yet.</summary>
    public bool AwaitsNewNormal => _monitor.State == DriftState.Accepted;

    /// <summary>Images that the moments, calibration and fresh images of a refit now would be made from.</summary>
    public double ImagesBehindMoments => _moments.Weight / MomentsShare;

    /// <summary>Judges images, and shows them to the drift monitor.</summary>
    /// <param name="images">Features, shape [N, D].</param>
    /// <param name="ids">Ids of the images.</param>
    /// <returns>One flag for each image: accepted or not; and the alarm, with the place of its image, if one was
    /// raised.</returns>
    public (bool[] Accepted, (DriftAlarm Alarm, int Place)? Drift) Judge(Tensor images, IReadOnlyList<string> ids)
    {
        var judgements = Active.Judge(images);
        using var scaled = _detector.Scale(images);                              // [N, D]
        var features = scaled.data<double>().ToArray();
        (DriftAlarm, int)? drift = null;
        for (var i = 0; i < judgements.Count; i++)
        {
            var image = DriftObservation.Of(
                ids[i], judgements[i].PValue, Active.CalibrationCount, DrawSeed,
                features.AsSpan(i * YearScene.Dimension, YearScene.Dimension));
            if (_monitor.Observe(image) is { } alarm) drift = (alarm, i);
        }
        return ([.. judgements.Select(j => j.Accepted)], drift);
    }

    /// <summary>Takes images that were accepted, or that people confirmed; each goes to one of three places.</summary>
    public void Learn(string source, Tensor images, IEnumerable<string> ids)
    {
        using var scope = NewDisposeScope();
        var draws = ids.Select(id => ImageDraw.Of(id, SplitSeed)).ToArray();
        Tensor Part(double low, double high) => images.index_select(
            0, tensor([.. draws.Select((u, i) => (u, i)).Where(d => d.u >= low && d.u < high).Select(d => (long)d.i)], ScalarType.Int64));
        var forMoments = Part(0, MomentsShare);
        _calibration.Add(source, Part(MomentsShare, MomentsShare + CalibrationShare));
        _fresh.Add(source, Part(MomentsShare + CalibrationShare, 1));
        using var added = ClassMoments.Of(_detector.Scale(forMoments), zeros(forMoments.shape[0], ScalarType.Int64), 1);
        var kept = Math.Pow(1 - 1 / Memory, forMoments.shape[0]);
        Replace(ref _moments, Sum(_moments, kept, added));
        using var nothing = ClassMoments.Empty(1, YearScene.Dimension);
        Replace(ref _suspect, Sum(_suspect, kept, source == YearRun.PoisonSource ? added : nothing));
    }

    /// <summary>Keeps images that people confirmed as OOD.</summary>
    public void KeepOod(Tensor images) => _ood.Add("review", images);

    /// <summary>Takes the images of the poisoned source out of everything.</summary>
    public void RecallPoison()
    {
        if (_suspect.Weight > 0) Replace(ref _moments, _moments.Remove(_suspect));
        Replace(ref _suspect, ClassMoments.Empty(1, YearScene.Dimension));
        _calibration.Recall(YearRun.PoisonSource);
        _fresh.Recall(YearRun.PoisonSource);
    }

    /// <summary>A person accepts the drift at hand as the new normal: everything is gathered anew.</summary>
    public void AcceptAsNewNormal()
    {
        _monitor.AcceptAsNewNormal();
        Replace(ref _moments, ClassMoments.Empty(1, YearScene.Dimension));
        Replace(ref _suspect, ClassMoments.Empty(1, YearScene.Dimension));
        _calibration.Clear();
        _fresh.Clear();
    }

    /// <summary>Tries a refit.</summary>
    /// <param name="approving">Whether a person approves it where only the guards of the approved version object.</param>
    /// <returns>Names of the guards that refuse; empty if the new version is active.</returns>
    public string[] Refit(bool approving)
    {
        using var scope = NewDisposeScope();
        if (_calibration.Count < new CalibrationPromise(_settings.TargetFalseAlarmRate).MinimumSize) return ["calibration_too_small"];
        var statistics = Fitted();
        var candidate = new RefitCandidate { Statistics = statistics, Moments = _moments, FreshInputs = _fresh.All(), OodInputs = _ood.All() };
        var results = RefitGuards.Check(candidate, new RefitReference(Active, approving ? statistics : Approved), new RefitGuardLimits());
        string[] refusals = [.. results.Where(r => !r.Passed).Select(r => r.Name)];
        if (refusals.Length > 0)
        {
            statistics.Dispose();
            return refusals;
        }
        Activate(statistics, approving);
        return [];
    }

    public void Dispose()
    {
        if (!ReferenceEquals(Active, Approved)) Approved.Dispose();
        Active.Dispose();
        _moments.Dispose();
        _suspect.Dispose();
        _calibration.Dispose();
        _fresh.Dispose();
        _ood.Dispose();
    }

    private GateStatistics Fitted()
    {
        using var rows = _calibration.All();
        return GateStatisticsFitter.FromMoments(_moments, rows, _settings, new GateProvenance
        {
            Gate = "year", ModelHash = "none", PreprocessingHash = "none", FittedAt = DateTimeOffset.UnixEpoch,
        });
    }

    private void Activate(GateStatistics statistics, bool approving)
    {
        var (active, approved) = (Active, Approved);
        Active = statistics;
        if (approving) Approved = statistics;
        _monitor.Begin(Active);
        if (!ReferenceEquals(active, approved)) active.Dispose();
        if (approving) approved.Dispose();
    }

    private static ClassMoments Sum(ClassMoments before, double kept, ClassMoments added)
    {
        using var remembered = before.Decay(kept);
        return remembered.Merge(added);
    }

    private static void Replace(ref ClassMoments moments, ClassMoments with)
    {
        moments.Dispose();
        moments = with;
    }
}
