using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Gates;

/// <summary>
/// Where gate statistics come from: enough to tell whether they fit the model that is running, and to find the images
/// again.
/// </summary>
public sealed record GateProvenance
{
    /// <summary>Gate the statistics are made for.</summary>
    public required string Gate { get; init; }

    /// <summary>Hash of the weights and configuration that made the features.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Hash of the preprocessing that made the model's input.</summary>
    public required string PreprocessingHash { get; init; }

    /// <summary>How the model or preprocessing at hand differs from the one the statistics were made with; null if they are the same.</summary>
    public string? DifferenceFrom(string modelHash, string preprocessingHash) =>
        ModelHash != modelHash ? $"were made with model {ModelHash}, not {modelHash}"
        : PreprocessingHash != preprocessingHash ? $"were made with preprocessing {PreprocessingHash}, not {preprocessingHash}"
        : null;

    /// <summary>How a backbone differs from the one the statistics were made with; null if it is the same.</summary>
    /// <remarks>Of the ways in which preprocessing differs, the one that a switch turns is told by its name.</remarks>
    public string? DifferenceFrom(Backbone backbone)
    {
        var difference = DifferenceFrom(backbone.ModelHash, backbone.PreprocessingHash);
        var recipe = backbone.Recipe;
        if (difference is null || PreprocessingHash != (recipe with { ShrinkOnLoad = !recipe.ShrinkOnLoad }).Hash) return difference;
        return recipe.ShrinkOnLoad
            ? $"{difference}: of images decoded whole, not shrunk on load"
            : $"{difference}: of images shrunk on load, not decoded whole";
    }

    /// <summary>When the statistics were fitted.</summary>
    public required DateTimeOffset FittedAt { get; init; }

    /// <summary>Free text about the images: a path, a data set, a refit request.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Name of each class, in the order of the labels; empty where classes have no names.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];
}
