using System.Globalization;
using System.Text.RegularExpressions;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>One feature set of a kit: rows to fit to, rows to score, and the classifier behind them.</summary>
internal sealed partial class StatsFeatures : IDisposable
{
    private StatsFeatures(Tensor train, Tensor labels, Tensor test, LinearClassifier classifier) =>
        (Train, Labels, Test, Classifier) = (train, labels, test, classifier);

    /// <summary>Rows to fit to, shape [N, D].</summary>
    public Tensor Train { get; }

    /// <summary>Class of each, shape [N], int64.</summary>
    public Tensor Labels { get; }

    /// <summary>In-distribution rows, then out-of-distribution ones, shape [M, D].</summary>
    public Tensor Test { get; }

    /// <summary>The linear head.</summary>
    public LinearClassifier Classifier { get; }

    /// <summary>Number of training rows N.</summary>
    public long Count => Train.shape[0];

    /// <summary>Reads a set.</summary>
    /// <exception cref="SafetensorsException">The file is damaged, or lacks a tensor.</exception>
    public static StatsFeatures Read(string path)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var test = cat([file.Load("test_id"), file.Load("test_ood")]);
        return new(
            file.Load("train").DetachFromDisposeScope(), file.Load("train_labels").DetachFromDisposeScope(),
            test.DetachFromDisposeScope(), new LinearClassifier(file.Load("head_weight"), file.Load("head_bias")));
    }

    /// <summary>Scores of the test rows by a detector fitted to the training rows, larger is further out.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="reversed">Whether the training rows come in the opposite order.</param>
    public double[] Scores(Detector detector, bool reversed = false)
    {
        using var scope = NewDisposeScope();
        var (train, labels) = reversed ? (Train.flip(0), Labels.flip(0)) : (Train, Labels);
        using var fitted = detector.Fit(train, detector.UsesLabels ? labels : null, Classifier);
        return fitted.Score(Test).Scores;
    }

    /// <summary>The number that follows a word in a definition, such as the 12 of "top 12 eigenvectors".</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static int NumberIn(string what)
    {
        var found = PrincipalNumber().Match(what);
        return found.Success
            ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new FormatException($"The kit's definition names no number: {what}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Labels.Dispose();
        Test.Dispose();
        Classifier.Dispose();
    }

    [GeneratedRegex(@"(?:dimension|dim|top|M =)\s+(\d+)")]
    private static partial Regex PrincipalNumber();
}
