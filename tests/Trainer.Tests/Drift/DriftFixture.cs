using System.Runtime.InteropServices;
using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using static TorchSharp.torch;

namespace MoodStream.TrainerTests.Drift;

/// <summary>Statistics of standard normal features, and images that they judge.</summary>
internal sealed class DriftFixture : IDisposable
{
    public const int Dimension = 4;
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly GateStatistics _statistics;
    private readonly Generator _generator = new(5);
    private int _images;

    public DriftFixture()
    {
        using var rows = Rows(2000);
        _statistics = GateStatisticsFitter.Fit(rows, null, new GateFitSettings { TargetFalseAlarmRate = 0.05 }, new GateProvenance
        {
            Gate = "belt", ModelHash = "m", PreprocessingHash = "p", FittedAt = Start,
        });
        Blob = _statistics.ToBytes();
    }

    public byte[] Blob { get; }

    /// <summary>Images of a source; the shift is added to the first feature.</summary>
    public IEnumerable<ImageScored> Images(string source, int count, double shift = 0, long version = 1)
    {
        using var rows = Rows(count);
        rows.select(1, 0).add_(shift);
        var judged = _statistics.Judge(rows);
        for (var i = 0; i < count; i++)
        {
            _images++;
            yield return new ImageScored
            {
                ImageId = $"image-{_images}", Source = source, Gate = "belt", Verdict = judged[i].Accepted ? Verdict.Accept : Verdict.Review,
                Score = judged[i].Score, PValue = judged[i].PValue, StatisticsVersion = version, ModelHash = "m", PreprocessingHash = "p",
                Feature = Bytes(rows[i]), Position = $"moodstream.images.v1-0-{_images}", ReceivedAt = Start,
                ScoredAt = Start.AddSeconds(_images),
            };
        }
    }

    public void Dispose()
    {
        _statistics.Dispose();
        _generator.Dispose();
    }

    private Tensor Rows(int count) => randn(count, Dimension, ScalarType.Float64, generator: _generator) + 3;

    private static byte[] Bytes(Tensor row) =>
        MemoryMarshal.AsBytes<Half>(row.data<double>().ToArray().Select(v => (Half)v).ToArray()).ToArray();
}
