using MoodStream.Mood.Statistics;
using MoodStream.Trainer.Accumulation;

namespace MoodStream.Trainer.Harvest;

/// <summary>What all partitions together taught a gate, at one time. Owns its moments.</summary>
internal sealed record GateHarvest : IDisposable
{
    /// <summary>What features mean.</summary>
    public required FeatureSpace Space { get; init; }

    /// <summary>Moments of the images that are fitted to, weighted as the mode says.</summary>
    public required ClassMoments Moments { get; init; }

    /// <summary>Images that calibrate.</summary>
    public required IReadOnlyList<LearnedImage> Calibration { get; init; }

    /// <summary>Images that only the guards see.</summary>
    public required IReadOnlyList<LearnedImage> Fresh { get; init; }

    /// <summary>Images that people confirmed as OOD.</summary>
    public required IReadOnlyList<LearnedImage> Ood { get; init; }

    /// <summary>Images that have arrived so far, over all partitions; it only rises.</summary>
    public required long Arrivals { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Moments.Dispose();
}
