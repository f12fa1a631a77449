using MoodStream.Contracts;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Accumulation;

/// <summary>What became of a record; the values are a label of a metric.</summary>
internal enum LessonOutcome
{
    /// <summary>It is fitted to.</summary>
    Fit,

    /// <summary>It calibrates.</summary>
    Calibration,

    /// <summary>Only the guards see it.</summary>
    Fresh,

    /// <summary>It is kept as a confirmed OOD image.</summary>
    Ood,

    /// <summary>The gate held it back: it is counted as missing until people decide it.</summary>
    HeldBack,

    /// <summary>A decision from which nothing is learned, but that takes the image out.</summary>
    TakenOut,

    /// <summary>Its image was learned before, or a later decision is known.</summary>
    Repeated,

    /// <summary>Its p-value is below the guard.</summary>
    BelowGuard,

    /// <summary>It comes from another backbone, preprocessing, detector or class list than the active version.</summary>
    OtherSpace,

    /// <summary>A recall covers it.</summary>
    Recalled,

    /// <summary>Its gate has no active version to learn for.</summary>
    NoStatistics,

    /// <summary>Its feature is not finite, or zero throughout.</summary>
    NotUsable,

    /// <summary>It is no record of ours.</summary>
    Unreadable,
}

/// <summary>Turns a record into what is to be learned from it. Pure.</summary>
internal static class Lessons
{
    /// <summary>What an accepted image teaches.</summary>
    public static (LearnedImage? Image, LessonOutcome Outcome) Of(ImageScored scored, FeatureSpace space, LearningSettings settings)
    {
        if (!space.Holds(scored.ModelHash, scored.PreprocessingHash, scored.Feature)) return (null, LessonOutcome.OtherSpace);
        if (space.ClassOf(named: null, scored.NearestClass) is not { } nearest) return (null, LessonOutcome.OtherSpace);
        if (!LearnedImage.IsUsable(scored.Feature)) return (null, LessonOutcome.NotUsable);
        var use = LearnedImage.Drawn(scored.ImageId, settings);
        // Calibration takes what the fit leaves out: a threshold must be measured on all that pass, not on the best of them.
        if (use == ImageUse.Fit && !(scored.PValue >= settings.GuardPValue)) return (null, LessonOutcome.BelowGuard);
        return (new()
        {
            Id = scored.ImageId, Use = use, Class = nearest, At = scored.ReceivedAt, Source = scored.Source, Accepted = true, Feature = scored.Feature,
        }, OutcomeOf(use));
    }

    /// <summary>What an image teaches that the gate held back: that it came, and nothing of what it shows.</summary>
    public static (LearnedImage? Image, LessonOutcome Outcome) OfHeldBack(ImageScored scored, FeatureSpace space)
    {
        if (!space.Holds(scored.ModelHash, scored.PreprocessingHash, scored.Feature)) return (null, LessonOutcome.OtherSpace);
        if (scored.PValue is null) return (null, LessonOutcome.NotUsable);
        return (new()
        {
            Id = scored.ImageId, Use = ImageUse.HeldBack, At = scored.ReceivedAt, Source = scored.Source, Feature = [],
        }, LessonOutcome.HeldBack);
    }

    /// <summary>What a decision teaches: of the highest revision alone, and nothing of the image where it was taken back.</summary>
    /// <param name="decided">The decision.</param>
    /// <param name="space">What features mean at the gate.</param>
    /// <param name="settings">How the gate learns.</param>
    /// <param name="nearest">Finds the class where the person named none.</param>
    public static (LearnedImage Image, LessonOutcome Outcome) Of(
        ReviewDecided decided, FeatureSpace space, LearningSettings settings, Func<LearnedImage, int?> nearest)
    {
        var image = new LearnedImage
        {
            Id = decided.ImageId, Use = ImageUse.None, At = decided.DecidedAt, Source = decided.Source, Revision = decided.Revision,
            Accepted = decided.AuditSample, Feature = [],
        };
        if (decided.Kind == DecisionKind.Recall) return (image, LessonOutcome.TakenOut);
        if (decided.Feature is not { } feature || !space.Holds(decided.ModelHash, decided.PreprocessingHash, feature))
            return (image, LessonOutcome.OtherSpace);
        if (!LearnedImage.IsUsable(feature)) return (image, LessonOutcome.NotUsable);
        if (decided.Verdict == DecisionVerdict.OutOfDistribution)
            return (image with { Use = ImageUse.Ood, Feature = feature }, LessonOutcome.Ood);
        if (decided.Verdict != DecisionVerdict.InDistribution) return (image, LessonOutcome.TakenOut);
        var whole = image with { Use = LearnedImage.Drawn(image.Id, settings), Feature = feature };
        return space.ClassOf(decided.Class, null) is { } named ? (whole with { Class = named }, OutcomeOf(whole.Use))
            : nearest(whole) is { } index ? (whole with { Class = index }, OutcomeOf(whole.Use))
            : (image, LessonOutcome.OtherSpace);
    }

    private static LessonOutcome OutcomeOf(ImageUse use) => use switch
    {
        ImageUse.Fit => LessonOutcome.Fit,
        ImageUse.Calibration => LessonOutcome.Calibration,
        _ => LessonOutcome.Fresh,
    };
}
