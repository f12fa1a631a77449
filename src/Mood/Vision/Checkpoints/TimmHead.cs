namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>What timm's configuration says of pooling and classifier.</summary>
internal static class TimmHead
{
    /// <summary>Adds a problem for each thing that the tensors contradict.</summary>
    /// <param name="tensors">The tensors, and their problems.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="width">Length of a feature.</param>
    /// <param name="pool">The only pooling of the family; null: the family follows the configuration.</param>
    public static void Compare(NamedTensors tensors, CheckpointSettings settings, int width, string? pool)
    {
        if (pool is not null && settings.Pool is { Length: > 0 } said && said != pool)
            tensors.Problems.Add($"config.json says global_pool '{said}'; only '{pool}' can be computed.");
        tensors.Agree("num_features", settings.Features, width);
        if (tensors.Has("head.weight")) tensors.Agree("num_classes", settings.Classes, tensors.Side("head.weight", 0));
    }
}
