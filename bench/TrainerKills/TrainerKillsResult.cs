using System.Text.Json.Serialization;

namespace MoodStream.Bench.TrainerKills;

/// <summary>What trainers that were killed learned, beside one pass over the unique images.</summary>
internal sealed record TrainerKillsResult
{
    /// <summary>Records on accepted, repeats included.</summary>
    public required int Records { get; init; }

    /// <summary>Images behind them.</summary>
    public required int UniqueIds { get; init; }

    /// <summary>Records on decisions, repeats and reversals included.</summary>
    public required int Decisions { get; init; }

    /// <summary>Trainers ended by SIGKILL.</summary>
    public required int Kills { get; init; }

    /// <summary>Images in the moments that a refit would fit to.</summary>
    public required double N { get; init; }

    /// <summary>Images that one pass counts.</summary>
    public required int NExpected { get; init; }

    /// <summary>Images that a refit would calibrate on.</summary>
    public required int Calibration { get; init; }

    /// <summary>Images that one pass would calibrate on; the same ids, if <see cref="SameCalibration"/>.</summary>
    public required int CalibrationExpected { get; init; }

    /// <summary>Whether the calibrating images are the expected ones, each once.</summary>
    public required bool SameCalibration { get; init; }

    /// <summary>Largest difference of a class mean from that of one pass.</summary>
    public required double MeanMaxAbsDiff { get; init; }

    /// <summary>Largest difference of the within-class scatter from that of one pass, over the latter's largest value.</summary>
    public required double ScatterMaxRelDiff { get; init; }

    /// <summary>Partitions that changed owner or were taken again: the sum of all ownerships.</summary>
    public required long Ownerships { get; init; }

    /// <summary>From the first record to the last that was stored.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seed of images, kills and their times.</summary>
    public required int Seed { get; init; }

    /// <summary>Whether everything that must hold held.</summary>
    [JsonIgnore]
    public bool Holds => N == NExpected && SameCalibration && MeanMaxAbsDiff <= 1e-9 && ScatterMaxRelDiff <= 1e-9;
}

/// <summary>Source-generated JSON of the result.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(TrainerKillsResult))]
internal sealed partial class TrainerKillsJson : JsonSerializerContext;
