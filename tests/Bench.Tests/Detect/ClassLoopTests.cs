using MoodStream.Bench.Detect;
using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.BenchTests.Detect;

/// <summary>The peer of the detector's benchmark does the same work.</summary>
public sealed class ClassLoopTests
{
    [Fact]
    public void Score_AllClasses_EqualsTheDetector()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var labels = arange(90).remainder(9);
        using var fitted = DetectorRegistry.MahalanobisPlusPlus.Fit(randn(90, 6) + labels.unsqueeze(1), labels);
        var rows = randn(20, 6);
        var expected = fitted.Score(rows).Scores;
        var actual = new ClassLoop(fitted).Score(rows, 9).data<double>().ToArray();
        foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e, a, 1e-9 * e);
    }
}
