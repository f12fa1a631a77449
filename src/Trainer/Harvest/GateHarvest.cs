using MoodStream.Mood.Statistics;
using MoodStream.Trainer.Accumulation;

namespace MoodStream.Trainer.Harvest;

/// <summary>Images that a gate held back.</summary>
/// <param name="All">All of them.</param>
/// <param name="Undecided">Those that nobody has called in-distribution or OOD.</param>
internal readonly record struct HeldBackCount(int All, int Undecided);

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

    /// <summary>Images that the gate held back while it accepted the others: those whose draw says that they calibrate.</summary>
    public required HeldBackCount HeldBackCalibration { get; init; }

    /// <summary>Those whose draw says that only the guards see them.</summary>
    public required HeldBackCount HeldBackFresh { get; init; }

    /// <summary>Images that people confirmed as OOD.</summary>
    public required IReadOnlyList<LearnedImage> Ood { get; init; }

    /// <summary>Images that were learned so far, over all partitions; it only rises.</summary>
    public required long Arrivals { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Moments.Dispose();
}
