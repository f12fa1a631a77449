using System.Globalization;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Drift;
using MoodStream.Mood.Gates;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Settings;
using static TorchSharp.torch;

namespace MoodStream.Bench.RefitImages;

/// <summary>
/// A gate's stream as scorer, reviewers and trainer see it, without the pipes: images are judged, watched for drift, and learned
/// by the trainer's own code. People look at everything that is held back, and let it pass: every image is in-distribution.
/// </summary>
internal sealed class OneClassStream : IDisposable
{
    private const string Gate = "bench", Source = "archive";
    private const ulong DrawSeed = 0x5eed;
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch.AddDays(20_000);

    /// <summary>
    /// A class has hundreds of images, not the tens of thousands that the defaults are made for: larger shares calibrate and check.
    /// </summary>
    public static LearningSettings Learning { get; } = new() { CalibrationShare = 0.3, FreshShare = 0.1 };

    private readonly GateStatistics _first;
    private readonly FeatureSpace _space;
    private readonly DriftMonitor _monitor = new(new DriftSettings());
    private readonly LearnedPartition _accepted, _review, _decided;
    private readonly List<ImageRecall> _recalls = [];
    private long _images;

    /// <summary>Begins with the version that judges.</summary>
    public OneClassStream(GateStatistics first)
    {
        (_first, _space) = (first, FeatureSpace.Of(first)!);
        _monitor.Begin(first);
        _accepted = Partition(Topics.Accepted);
        _review = Partition(Topics.Review);
        _decided = Partition(Topics.Decisions);
    }

    /// <summary>Judges images, and learns from them.</summary>
    /// <param name="ids">Numbers of the images.</param>
    /// <param name="rows">Their features.</param>
    /// <returns>The drift that was announced, with the place of its image, if any was.</returns>
    public (DriftAlarm Alarm, int Place)? Take(IReadOnlyList<int> ids, ImageRows rows)
    {
        using var inputs = rows.Rows(ids);                                       // [N, D]
        using var scaled = ((IMomentDetector)_first.Detector.Detector).Scale(inputs);
        var features = scaled.to(ScalarType.Float64).data<double>().ToArray();
        var judgements = _first.Judge(inputs);
        (DriftAlarm, int)? drift = null;
        for (var i = 0; i < ids.Count; i++)
        {
            var scored = Scored(ids[i], judgements[i], rows.Of(ids[i]));
            var seen = DriftObservation.Of(
                scored.ImageId, judgements[i].PValue, _first.CalibrationCount, DrawSeed, features.AsSpan(i * rows.Dimension, rows.Dimension));
            if (_monitor.Observe(seen) is { } alarm) drift ??= (alarm, i + 1);
            Learn(scored);
        }
        return drift;
    }

    /// <summary>A person accepts the drift as the new normal: what came until now is unlearned.</summary>
    public void AcceptAsNewNormal()
    {
        _monitor.AcceptAsNewNormal();
        _recalls.Add(new() { Id = "new-normal", Source = Source, To = Now, Reason = "new viewer", By = "bench", At = Now });
    }

    /// <summary>What the stream taught. The caller disposes it.</summary>
    public GateHarvest Harvest()
    {
        using var basket = new HarvestBasket(_space, Learning, i => _recalls.Any(r => r.Covers(i.Source, i.At)));
        basket.Add(_decided.Name, Stored(_decided));
        basket.Add(_accepted.Name, Stored(_accepted));
        basket.Add(_review.Name, Stored(_review));
        return basket.Harvest();
    }

    public void Dispose()
    {
        _accepted.Dispose();
        _review.Dispose();
        _decided.Dispose();
    }

    private DateTimeOffset Now => Begin.AddSeconds(_images);

    private void Learn(ImageScored scored)
    {
        if (scored.Verdict == Verdict.Accept)
        {
            if (Lessons.Of(scored, _space, Learning).Image is { } image) _accepted.Learn(image);
            return;
        }
        if (Lessons.OfHeldBack(scored, _space).Image is { } held) _review.Learn(held);
        _decided.Learn(Lessons.Of(Released(scored), _space, Learning, _ => 0).Image);
    }

    private ImageScored Scored(int id, GateJudgement judged, byte[] feature) => new()
    {
        ImageId = id.ToString(CultureInfo.InvariantCulture), Source = Source, Gate = Gate, Score = judged.Score, PValue = judged.PValue,
        Verdict = judged.Accepted ? Verdict.Accept : Verdict.Review, Threshold = _first.Threshold, StatisticsVersion = 1,
        PromisedFalseAlarmRate = _first.TargetFalseAlarmRate, Detector = _first.Detector.Detector.Name, Feature = feature,
        ModelHash = _space.ModelHash, PreprocessingHash = _space.PreprocessingHash, Position = $"{Topics.Images}-0-{_images}",
        ReceivedAt = Begin.AddSeconds(++_images), ScoredAt = Now,
    };

    private static ReviewDecided Released(ImageScored scored) => new()
    {
        Kind = DecisionKind.Decision, CaseId = scored.ImageId, Revision = 1, ImageId = scored.ImageId, Gate = Gate, Source = Source,
        Verdict = DecisionVerdict.InDistribution, Reviewer = "bench", DecidedAt = scored.ScoredAt, DurationSeconds = 1,
        StatisticsVersion = scored.StatisticsVersion, ModelHash = scored.ModelHash, PreprocessingHash = scored.PreprocessingHash,
        Feature = scored.Feature, AuditSample = false,
    };

    private LearnedPartition Partition(string topic) =>
        new(Gate, new PartitionName(topic, 0), _space, Learning, new StoredPartition(1, 0, 0, null, 1, null, []));

    /// <summary>What a refit reads of a partition, through the bytes that lie in Redis.</summary>
    private static StoredPartition Stored(LearnedPartition partition) => new(
        partition.Epoch, partition.Offset, partition.Sequence, partition.Space.Key, Learning.Forgetting,
        partition.Name.OfReview ? null : MomentBytes.Write(partition.Settle()),
        [.. partition.Images.Select(i => LearnedImage.Read(i.Key, i.Value.ToBytes()))]);
}
