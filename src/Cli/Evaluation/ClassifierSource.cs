using MoodStream.Cli.Terminal;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Probes;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Evaluation;

/// <summary>The last layers that logit detectors look at, and what they are, for the results.</summary>
internal sealed class ClassifierSource(ClassifierOrigin origin, Backbone backbone) : IDisposable
{
    private readonly List<LinearClassifier> _probes = [];
    private readonly List<double> _accuracies = [];

    /// <summary>What was used, for people.</summary>
    public string Description => _probes.Count > 0
        ? $"linear probe on the labels of the training images, {_accuracies.Average():P1} of them right"
        : UsesOwn ? $"the backbone's own, {backbone.Classifier!.ClassCount} classes" : "none";

    private bool UsesOwn => backbone.Classifier is not null && origin is ClassifierOrigin.Auto or ClassifierOrigin.Own;

    /// <summary>The layer for a trial; null if there is none.</summary>
    /// <exception cref="CliException">The one asked for is not to be had.</exception>
    public LinearClassifier? For(EvaluationSet idTrain)
    {
        if (UsesOwn) return backbone.Classifier;
        if (origin == ClassifierOrigin.Own)
            throw new CliException("This backbone has no classifier of its own; take --classifier probe, or auto.");
        if (origin == ClassifierOrigin.None) return null;
        var features = idTrain.Inputs(DetectorInput.Features);
        if (idTrain.Labels is not { } labels)
            return origin == ClassifierOrigin.Auto
                ? null
                : throw new CliException($"{idTrain.Name} has no labels of two classes, so there is nothing to fit a probe to.");
        var probe = LinearProbe.Fit(features, labels);
        _probes.Add(probe);
        _accuracies.Add(LinearProbe.AccuracyOf(probe, features, labels));
        return probe;
    }

    public void Dispose() => _probes.ForEach(p => p.Dispose());
}
