using MoodStream.Scorer;

namespace MoodStream.ScorerTests.Pipeline;

/// <summary>Settings that tests of the pipeline start from.</summary>
internal static class Settings
{
    /// <summary>One gate; batches of four, which close by count where the input lasts.</summary>
    public static ScorerSettings One(Backbones backbones, WithoutStatistics without = WithoutStatistics.Hold) => new()
    {
        MaxBatchCount = 4,
        DecodeWorkers = 3,
        Gates = new Dictionary<string, GateSettings> { ["default"] = new() { Backbone = backbones.File, WithoutStatistics = without } },
    };

    /// <summary>A batch closes by count, or at the end of the input, only.</summary>
    public static ScorerSettings Patient(this ScorerSettings settings) => settings with { MaxBatchAge = TimeSpan.FromHours(1) };
}
