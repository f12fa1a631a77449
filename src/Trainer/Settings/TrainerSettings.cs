using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using MoodStream.Contracts;
using MoodStream.Streaming.Settings;

namespace MoodStream.Trainer.Settings;

/// <summary>How the trainer works. Section <c>MoodStream:Trainer</c>.</summary>
public sealed partial record TrainerSettings : ICheckedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Trainer";

    /// <summary>Consumer group; trainers of one group share the partitions.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string Group { get; init; } = ConsumerGroups.Trainer;

    /// <summary>Name of this trainer for static membership, another one for each. Default: dynamic.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string? StaticMember { get; init; }

    /// <summary>Records read ahead of learning. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxBufferedRecords { get; init; } = 1_000;

    /// <summary>How often what was learned is stored with its offsets; what lies between is read again after a crash. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most records learned and not stored yet. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int CheckpointRecords { get; init; } = 2_000;

    /// <summary>How often each gate is asked whether a refit is due, besides being told by requests. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan RefitCheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Key that requests to refit, approve or unlearn by HTTP carry as a bearer token. Default none: such requests are taken from this
    /// machine alone.
    /// </summary>
    [SecretSetting]
    [RegularExpression(@"\S{16,200}")]
    public string? ControlKey { get; init; }

    /// <summary>How the gates learn that have no settings of their own.</summary>
    public LearningSettings Default { get; init; } = new();

    /// <summary>How single gates learn, by name; what is not said here has its own default, not that of <c>Default</c>.</summary>
    public IReadOnlyDictionary<string, LearningSettings> Gates { get; init; } = new Dictionary<string, LearningSettings>();

    /// <summary>How a gate learns.</summary>
    public LearningSettings Of(string gate) => Gates.GetValueOrDefault(gate, Default);

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check() => Gates.Keys.Where(n => !GateName().IsMatch(n)).Select(n => new SettingProblem(
        nameof(Gates), n, "lower-case letters, digits, dot, dash and underscore, at most 63, the first a letter or digit"));

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,62}$")]
    private static partial Regex GateName();
}
