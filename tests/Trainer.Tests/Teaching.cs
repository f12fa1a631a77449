using System.Runtime.InteropServices;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Statistics;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Settings;
using static TorchSharp.torch;

namespace MoodStream.TrainerTests;

/// <summary>Images, decisions and statistics of a small world: one class of a few features around a centre.</summary>
internal static class Teaching
{
    public const string Gate = "gate-1", Model = "00000000000000aa", Preprocessing = "00000000000000bb";
    public const int Dimension = 6;

    public static DateTimeOffset At { get; } = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>A feature around (4, 1, 1, …), moved by a shift.</summary>
    public static byte[] Feature(Random random, double shift = 0, double spread = 0.3)
    {
        var values = new Half[Dimension];
        for (var d = 0; d < Dimension; d++) values[d] = (Half)((d == 0 ? 4 : 1 + (d == 1 ? shift : 0)) + spread * Gaussian(random));
        return MemoryMarshal.AsBytes<Half>(values).ToArray();
    }

    public static LearnedImage Image(string id, Random random, ImageUse use = ImageUse.Fit, string source = "belt-1", DateTimeOffset? at = null) => new()
    {
        Id = id, Use = use, At = at ?? At, Source = source, Accepted = true, Feature = Feature(random),
    };

    public static ImageScored Scored(string id, Random random, double pValue = 0.5, double shift = 0) => new()
    {
        ImageId = id, Source = "belt-1", Gate = Gate, Verdict = Verdict.Accept, Score = 5, PValue = pValue, Threshold = 20, PromisedFalseAlarmRate = 0.05,
        StatisticsVersion = 1, ModelHash = Model, PreprocessingHash = Preprocessing, Feature = Feature(random, shift), Position = "moodstream.images.v1-0-0",
        ReceivedAt = At, ScoredAt = At,
    };

    public static ReviewDecided Decided(ImageScored scored, long revision, DecisionVerdict verdict, DecisionKind kind = DecisionKind.Decision, bool audit = true) => new()
    {
        Kind = kind, CaseId = $"case-{scored.ImageId}", Revision = revision, ImageId = scored.ImageId, Gate = Gate, Source = scored.Source, Verdict = verdict,
        Reviewer = "ada", DecidedAt = At, DurationSeconds = 1, StatisticsVersion = 1, ModelHash = Model, PreprocessingHash = Preprocessing,
        Feature = scored.Feature, AuditSample = audit,
    };

    /// <summary>Statistics of the world as it was in the beginning.</summary>
    public static GateStatistics Statistics(double rate = 0.05, Detector? detector = null, string model = Model, int seed = 17)
    {
        var random = new Random(seed);
        using var scope = NewDisposeScope();
        var rows = FeatureTensors.Rows([.. Enumerable.Range(0, 400).Select(i => Image($"{i}", random))], Dimension);
        return GateStatisticsFitter.Fit(
            rows, null, new GateFitSettings { TargetFalseAlarmRate = rate, Detector = detector ?? DetectorRegistry.Usual },
            new GateProvenance { Gate = Gate, ModelHash = model, PreprocessingHash = Preprocessing, FittedAt = At });
    }

    public static FeatureSpace Space(string model = Model)
    {
        using var statistics = Statistics(model: model);
        return FeatureSpace.Of(statistics)!;
    }

    public static StoredPartition Nothing(long epoch = 1) => new(epoch, 0, 0, null, 1, null, []);

    /// <summary>What would be read back of a partition that was stored.</summary>
    public static StoredPartition Stored(LearnedPartition partition) => new(
        partition.Epoch, partition.Offset, partition.Sequence, partition.Space.Key, partition.Changes().Forgetting,
        partition.Name.OfReview ? null : MomentBytes.Write(partition.Settle()), [.. partition.Images.Values]);

    public static LearnedPartition Partition(FeatureSpace space, LearningSettings? settings = null, PartitionName? name = null) =>
        new(Gate, name ?? new(Topics.Accepted, 0), space, settings ?? new(), Nothing());

    /// <summary>The same weights, means and scatter, up to rounding.</summary>
    public static void Same(ClassMoments expected, ClassMoments actual, double tolerance = 1e-12)
    {
        foreach (var (a, b) in new[] { (expected.Weights, actual.Weights), (expected.SquaredWeights, actual.SquaredWeights), (expected.Means, actual.Means), (expected.Within, actual.Within) })
        {
            using var difference = (a - b).abs().max();
            Assert.InRange(difference.item<double>(), 0, tolerance * Math.Max(1, expected.Weight));
        }
    }

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
