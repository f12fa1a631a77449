using System.Diagnostics;
using MoodStream.Bench.Detect;
using MoodStream.Cli.Features;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Bench.Scale;

/// <summary>What the maths of an image costs, by its sizes.</summary>
internal static class MathsSweeps
{
    private const int Batch = 32;
    private const string Microseconds = "µs an image";
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(300);

    /// <summary>Scoring by the number of classes K, D = 768. The ideal is linear beyond what one class costs.</summary>
    public static IEnumerable<ScalePoint> Classes(int largest) =>
        PowersOfTen(largest).Select(k => new ScalePoint("classes", k, DetectMicroseconds(k, 768), Microseconds));

    /// <summary>Scoring by the length of a feature D, 100 classes.</summary>
    public static IEnumerable<ScalePoint> Widths() =>
        new[] { 64, 192, 384, 768, 1_536 }.Select(d => new ScalePoint("feature width", d, DetectMicroseconds(100, d), Microseconds));

    /// <summary>The forward pass of the shipped backbone by the side of its input. The ideal grows with the pixels.</summary>
    public static IEnumerable<ScalePoint> Sides()
    {
        double? ofPixel = null;
        foreach (var side in new[] { 32, 64, 128, 224 })
        {
            using var backbone = Backbone.Load(BackboneFile.PathOf(null), inputSize: side);
            float[][] images = [.. Enumerable.Range(0, 4).Select(_ => new float[3 * side * side])];
            var cost = 1e6 * SecondsOf(() => backbone.Extract(images).Dispose()) / images.Length;
            ofPixel ??= cost / (side * side);
            yield return new("image side", side, cost, Microseconds, ofPixel * side * side);
        }
    }

    /// <summary>1, 10, 100, … up to a number, which is the last one.</summary>
    internal static IReadOnlyList<int> PowersOfTen(int largest)
    {
        var powers = new List<int>();
        for (var power = 1L; power < largest; power *= 10) powers.Add((int)power);
        return [.. powers, largest];
    }

    private static double DetectMicroseconds(int classes, int width)
    {
        using var scope = NewDisposeScope();
        using var detector = ManyClasses.Of(classes, width);
        var features = randn(Batch, width);                                             // [B, D]
        return 1e6 * SecondsOf(() => _ = detector.Score(features)) / Batch;
    }

    /// <summary>Least seconds of the work, repeated for a while after a first time that does not count: others on the machine only ever add.</summary>
    private static double SecondsOf(Action work)
    {
        work();
        var (began, times) = (Stopwatch.GetTimestamp(), new List<double>());
        do
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(began) < Least);
        return times.Min();
    }
}
