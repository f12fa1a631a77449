using System.CommandLine;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Evaluation;

/// <summary>What the detectors came to on the features of one backbone.</summary>
/// <param name="Name">Name of the backbone in the results.</param>
/// <param name="ModelHash">Its model hash.</param>
/// <param name="PreprocessingHash">Its preprocessing hash.</param>
/// <param name="Pooling">How tokens became features; null where there is nothing to choose.</param>
/// <param name="Classifier">What logit detectors looked at, for people.</param>
/// <param name="Precision">Type of the forward pass: <c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Outcome">Rows and scores.</param>
/// <param name="Places">Number of each scored image in its data set, by the name of the set.</param>
internal sealed record ComparedBackbone(
    string Name, string ModelHash, string PreprocessingHash, string? Pooling, string Classifier, string Precision,
    EvaluationOutcome Outcome, IReadOnlyDictionary<string, IReadOnlyList<int>> Places);

/// <summary>Runs a protocol with chosen detectors on one backbone after the other.</summary>
/// <param name="parsed">The command line.</param>
/// <param name="protocol">Name of the protocol.</param>
/// <param name="detectors">The detectors.</param>
/// <param name="areNamed">Whether they were named one by one, so that one that cannot run is an error.</param>
internal sealed class DetectorComparison(
    ParseResult parsed, string protocol, IReadOnlyList<Detector> detectors, bool areNamed)
{
    private readonly Bootstrap? _bootstrap = EvaluationOptions.BootstrapOf(parsed);
    private readonly IReadOnlyList<int> _shown = EvaluationOptions.ShownOf(parsed);
    private readonly FeatureCache _cache = new(
        parsed.GetValue(EvaluationOptions.NoCache)
            ? null
            : parsed.GetValue(EvaluationOptions.Cache) ?? FeatureCache.UsualFolder());

    /// <summary>Runs it.</summary>
    /// <exception cref="CliException">A detector that was named cannot run.</exception>
    public ComparedBackbone Run(string name, Backbone backbone, EvaluationDatasets data, CancellationToken cancellation)
    {
        using var features = new EvaluationFeatures(
            data, backbone, _cache, parsed.GetValue(EvaluationOptions.SkipDamaged), cancellation);
        using var classifiers = new ClassifierSource(parsed.GetValue(EvaluationOptions.Classifier), backbone);
        using var plan = PlanOf(features, detectors.Any(d => d.NeedsClassifier) ? classifiers.For : null);
        var outcome = ProgressBar.Run(
            $"{protocol}, {detectors.Count} detectors", detectors.Count * plan.Trials.Count,
            advance => EvaluationRun.Of(plan, detectors, new EvaluationSettings
            {
                SkipsUnfit = !areNamed, Bootstrap = _bootstrap, Progress = new Advance(advance),
            }, cancellation));
        if (outcome.Rows.Count == 0) throw new CliException($"No detector can run: {outcome.Skipped[0].Reason}");
        return new(
            name, backbone.ModelHash, backbone.PreprocessingHash, backbone.Pooling?.ToString(),
            classifiers.Description, BackboneFile.NameOf(backbone.Precision), outcome, features.Places);
    }

    private TrialPlan PlanOf(EvaluationFeatures features, ClassifierChoice? classifier)
    {
        var (train, test, seed, splits) = (
            features.IdTrain, features.IdTest, parsed.GetValue(EvaluationOptions.Seed), parsed.GetValue(EvaluationOptions.Splits));
        if (splits is < 1 or > 1000) throw new CliException($"--splits is {splits}; it lies in 1..1000.", ExitCode.WrongUsage);
        return protocol switch
        {
            OneClassProtocol.Name => OneClassProtocol.Plan(train, test),
            NearOodProtocol.Name => NearOodProtocol.Plan(
                train, test, new NearOodSettings { Splits = splits, HeldOut = parsed.GetValue(EvaluationOptions.HeldOut), Seed = seed },
                classifier),
            OutlierExposureProtocol.Name => OutlierExposureProtocol.Plan(
                train, test, features.Oods, new OutlierExposureSettings { Shown = _shown, Draws = splits, Seed = seed }, classifier),
            _ => MultiClassProtocol.Plan(train, test, features.Oods, classifier),
        };
    }

    private sealed class Advance(Action<int> advance) : IProgress<EvaluationProgress>
    {
        private int _done;

        public void Report(EvaluationProgress value)
        {
            advance(value.Done - _done);
            _done = value.Done;
        }
    }
}
