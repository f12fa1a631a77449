using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;

namespace MoodStream.Bench.TrainerKills;

/// <summary>Accepted images of two classes, some more than once and some under another key, and decisions that reverse some of them.</summary>
internal sealed class LearningTraffic
{
    /// <summary>Features D.</summary>
    public const int Dimension = 64;

    /// <summary>Classes K.</summary>
    public const int Classes = 2;

    /// <summary>Hashes of a backbone that never was.</summary>
    public const string Model = "0000000000000001", Preprocessing = "0000000000000002";

    private const int Sources = 64, OneRepeatIn = 12, OneDecisionIn = 40, OneElsewhereIn = 4;
    private readonly string _gate;
    private readonly Random _random;
    private readonly List<ImageScored> _images = [];
    private readonly Dictionary<string, (long Revision, DecisionVerdict Verdict, bool Recalled)> _decided = [];

    /// <summary>Prepares the traffic of a seed.</summary>
    public LearningTraffic(string gate, int seed) => (_gate, _random) = (gate, new Random(seed));

    /// <summary>The images so far, each once.</summary>
    public IReadOnlyList<ImageScored> Images => _images;

    /// <summary>The decisions so far.</summary>
    public int Decisions { get; private set; }

    /// <summary>Whether people let an image stand, or said nothing of it.</summary>
    public bool Stands(string imageId) =>
        !_decided.TryGetValue(imageId, out var last) || (last.Verdict == DecisionVerdict.InDistribution && !last.Recalled);

    /// <summary>Rows as a fit sees them.</summary>
    public (float[] Values, long[] Labels) FitSet(int count)
    {
        var values = new float[count * Dimension];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % Classes;
            var feature = MemoryMarshal.Cast<byte, Half>(Feature((int)labels[i]));
            for (var d = 0; d < Dimension; d++) values[i * Dimension + d] = (float)feature[d];
        }

        return (values, labels);
    }

    /// <summary>The next record on accepted, and those on decisions that come with it.</summary>
    public IReadOnlyList<OutgoingRecord> Next()
    {
        var repeat = _images.Count > 0 && _random.Next(OneRepeatIn) == 0;
        var image = repeat ? _images[^(1 + _random.Next(Math.Min(5_000, _images.Count)))] : New();
        var key = repeat && _random.Next(OneElsewhereIn) == 0 ? $"elsewhere-{_random.Next(Sources)}" : image.Source;
        var records = new List<OutgoingRecord> { Record(Topics.Accepted, key, JsonSerializer.SerializeToUtf8Bytes(image, WireJson.Default.ImageScored)) };
        if (_random.Next(OneDecisionIn) == 0) records.AddRange(Decide(_images[_random.Next(_images.Count)]));
        return records;
    }

    private IEnumerable<OutgoingRecord> Decide(ImageScored image)
    {
        var last = _decided.GetValueOrDefault(image.ImageId);
        var verdict = (DecisionVerdict)_random.Next(4);
        var recall = last.Revision > 0 && !last.Recalled && _random.Next(3) == 0;
        var next = (Revision: last.Revision + 1, Verdict: recall ? last.Verdict : verdict, Recalled: recall);
        _decided[image.ImageId] = next;
        var decided = new ReviewDecided
        {
            Kind = recall ? DecisionKind.Recall : next.Revision == 1 ? DecisionKind.Decision : DecisionKind.Correction,
            CaseId = $"case-{image.ImageId}", Revision = next.Revision, ImageId = image.ImageId, Gate = _gate, Source = image.Source,
            Verdict = next.Verdict, Reviewer = "bench", DecidedAt = image.ReceivedAt, DurationSeconds = 1, StatisticsVersion = 1,
            ModelHash = Model, PreprocessingHash = Preprocessing, Feature = image.Feature, AuditSample = true,
        };
        var record = Record(Topics.Decisions, image.Source, JsonSerializer.SerializeToUtf8Bytes(decided, WireJson.Default.ReviewDecided));
        var times = _random.Next(4) == 0 ? 2 : 1;
        Decisions += times;
        return Enumerable.Repeat(record, times);
    }

    private ImageScored New()
    {
        var number = _images.Count;
        var label = _random.Next(Classes);
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(number);
        var image = new ImageScored
        {
            ImageId = string.Create(CultureInfo.InvariantCulture, $"kills-{number:D8}"), Source = $"line-{_random.Next(Sources)}", Gate = _gate,
            Verdict = Verdict.Accept, Score = 60, PValue = 0.02 + 0.98 * _random.NextDouble(), Threshold = 90, PromisedFalseAlarmRate = 0.02,
            Detector = "mahalanobis++", StatisticsVersion = 1, ModelHash = Model, PreprocessingHash = Preprocessing, Feature = Feature(label),
            NearestClass = label, Position = $"{Topics.Images}-0-{number}", ReceivedAt = at, ScoredAt = at,
        };
        _images.Add(image);
        return image;
    }

    private byte[] Feature(int label)
    {
        var values = new Half[Dimension];
        for (var d = 0; d < Dimension; d++) values[d] = (Half)((d % Classes == label ? 3 : 1) + Gaussian());
        return MemoryMarshal.AsBytes<Half>(values).ToArray();
    }

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static OutgoingRecord Record(string topic, string key, byte[] value) => new(topic, Encoding.UTF8.GetBytes(key), value, []);
}
