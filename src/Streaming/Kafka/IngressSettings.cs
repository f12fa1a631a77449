using System.ComponentModel.DataAnnotations;
using MoodStream.Contracts;
using MoodStream.Streaming.Settings;

namespace MoodStream.Streaming.Kafka;

/// <summary>When ingress refuses because the readers are behind. Section <c>MoodStream:Ingress</c>.</summary>
public sealed record IngressSettings : ICheckedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Ingress";

    /// <summary>Topic that ingress writes to.</summary>
    [Required]
    public string Topic { get; init; } = Topics.Images;

    /// <summary>Consumer group whose lag counts: the slowest one behind the topic.</summary>
    [Required]
    public string Group { get; init; } = ConsumerGroups.Scorer;

    /// <summary>
    /// Records that one partition may hold before the oldest can be dropped unread; ingress refuses once a partition's lag passes
    /// half of it. Default 8,000: what the embedded Kafka's 5 MiB hold of records that carry a claim-check.
    /// </summary>
    [Range(2L, long.MaxValue)]
    public long PartitionCapacity { get; init; } = 8_000;

    /// <summary>Lag over all partitions at which ingress refuses. Default 50,000.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxLag { get; init; } = 50_000;

    /// <summary>How often the lag is measured. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:05:00")]
    public TimeSpan MeasureInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Age at which the last measurement counts no more, and ingress refuses until the next. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (StaleAfter < MeasureInterval)
            yield return new(nameof(StaleAfter), StaleAfter, $"at least {nameof(MeasureInterval)}, {MeasureInterval}");
    }
}
