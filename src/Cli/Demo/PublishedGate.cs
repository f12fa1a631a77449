using MoodStream.Cli.Features;
using MoodStream.Cli.Localisation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Vision;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Registry;

namespace MoodStream.Cli.Demo;

/// <summary>The demo's gate as it was fitted and published, and the pixel floor fitted to the same images.</summary>
internal sealed record PublishedGate(
    long Version, string ModelHash, double PromisedFalseAlarmRate, int CalibrationImages, FittedDetector Pixels) : IDisposable
{
    private const string Author = "mood demo";

    /// <summary>Most images that patches are fitted to, and as many that they are scaled by: a second of the start.</summary>
    private const int PatchImages = 80;

    /// <summary>Fits to the traffic's images, publishes the statistics and makes them active.</summary>
    public static async Task<PublishedGate> FitAndPublishAsync(
        ITraffic traffic, string gate, DemoSettings demo, IStatisticsStore store, TimeProvider clock, CancellationToken cancellation)
    {
        using var backbone = Backbone.Load(demo.Backbone, inputSize: demo.InputSize);
        using var set = Extract(backbone, traffic.FitSet, cancellation);
        var settings = new GateFitSettings { TargetFalseAlarmRate = demo.FalseAlarmRate };
        using var fitted = GateStatisticsFitter.Fit(set.Features, set.Labels, settings, new GateProvenance
        {
            Gate = gate, ModelHash = backbone.ModelHash, PreprocessingHash = backbone.PreprocessingHash, FittedAt = clock.GetUtcNow(),
            Origin = traffic.Name, ClassNames = set.Labels is null ? [] : traffic.FitSet.ClassNames,
        });
        using var patches = demo.HeatMaps ? PatchesOf(backbone, traffic.FitSet, set, settings, cancellation) : null;
        var statistics = patches is null ? fitted : fitted.With(patches);
        var header = VersionHeader.Of(statistics, Author, "Fitted to the images that the demo begins with.");
        var version = await store.PublishAsync(gate, statistics.ToBytes(), header, cancellation);
        await store.ActivateAsync(gate, version, Author, cancellation);
        return new(version, backbone.ModelHash, demo.FalseAlarmRate, statistics.CalibrationCount, DetectorRegistry.Pixels.Fit(set.Pixels));
    }

    public void Dispose() => Pixels.Dispose();

    /// <summary>What reviewers' heat maps are drawn with, from a part of the images: each has many patches.</summary>
    private static PatchStatistics? PatchesOf(
        Backbone backbone, IImageDataset images, ExtractedSet set, GateFitSettings settings, CancellationToken cancellation)
    {
        if (backbone.PatchGrid is null) return null;
        var (fit, calibration) = GateStatisticsFitter.Split(set.Places.Count, settings);
        return PatchFit.Run(
            new PatchExtraction(backbone), images, PatchGaussianKinds.Usual,
            ([.. fit.Take(PatchImages).Select(i => set.Places[i])], [.. calibration.Take(PatchImages).Select(i => set.Places[i])]), cancellation);
    }

    private static ExtractedSet Extract(Backbone backbone, IImageDataset images, CancellationToken cancellation) =>
        new FeatureExtraction(backbone).ExtractWithProgress(images, skipDamaged: true, cancellation);
}
