using MoodStream.Cli.Features;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Vision;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Registry;

namespace MoodStream.Cli.Demo;

/// <summary>The demo's gate as it was fitted and published, and the pixel floor fitted to the same images.</summary>
internal sealed record PublishedGate(
    long Version, string ModelHash, double PromisedFalseAlarmRate, int CalibrationImages, FittedDetector Pixels) : IDisposable
{
    private const string Author = "mood demo";

    /// <summary>Fits to the traffic's images, publishes the statistics and makes them active.</summary>
    public static async Task<PublishedGate> FitAndPublishAsync(
        ITraffic traffic, string gate, DemoSettings demo, IStatisticsStore store, TimeProvider clock, CancellationToken cancellation)
    {
        using var backbone = Backbone.Load(demo.Backbone, inputSize: demo.InputSize);
        using var set = Extract(backbone, traffic.FitSet, cancellation);
        var settings = new GateFitSettings { TargetFalseAlarmRate = demo.FalseAlarmRate };
        using var statistics = GateStatisticsFitter.Fit(set.Features, set.Labels, settings, new GateProvenance
        {
            Gate = gate, ModelHash = backbone.ModelHash, PreprocessingHash = backbone.PreprocessingHash, FittedAt = clock.GetUtcNow(),
            Origin = traffic.Name, ClassNames = set.Labels is null ? [] : traffic.FitSet.ClassNames,
        });
        var header = VersionHeader.Of(statistics, Author, "Fitted to the images that the demo begins with.");
        var version = await store.PublishAsync(gate, statistics.ToBytes(), header, cancellation);
        await store.ActivateAsync(gate, version, Author, cancellation);
        return new(version, backbone.ModelHash, demo.FalseAlarmRate, statistics.CalibrationCount, DetectorRegistry.Pixels.Fit(set.Pixels));
    }

    public void Dispose() => Pixels.Dispose();

    private static ExtractedSet Extract(Backbone backbone, IImageDataset images, CancellationToken cancellation) =>
        new FeatureExtraction(backbone).ExtractWithProgress(images, skipDamaged: true, cancellation);
}
