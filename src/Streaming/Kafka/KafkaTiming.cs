namespace MoodStream.Streaming.Kafka;

/// <summary>The times of <see cref="KafkaSettings"/>, with those left unset filled in for the profile.</summary>
/// <remarks>
/// The in-process cluster has no long poll (an empty fetch sleeps its whole wait) and holds a rebalance up for its session
/// timeout less one second; both are why its times are short.
/// </remarks>
internal sealed record KafkaTiming(
    TimeSpan DrainTime,
    TimeSpan SessionTimeout,
    TimeSpan HeartbeatInterval,
    TimeSpan FetchWait,
    TimeSpan CommitInterval,
    TimeSpan MetadataInterval)
{
    private static readonly KafkaTiming Embedded = new(
        DrainTime: TimeSpan.FromSeconds(5),
        SessionTimeout: TimeSpan.FromSeconds(1.5),
        HeartbeatInterval: TimeSpan.FromSeconds(0.3),
        FetchWait: TimeSpan.FromMilliseconds(5),
        CommitInterval: TimeSpan.FromSeconds(0.2),
        MetadataInterval: TimeSpan.FromSeconds(1));

    private static readonly KafkaTiming Production = new(
        DrainTime: TimeSpan.FromSeconds(30),
        SessionTimeout: TimeSpan.FromSeconds(45),
        HeartbeatInterval: TimeSpan.FromSeconds(3),
        FetchWait: TimeSpan.FromMilliseconds(100),
        CommitInterval: TimeSpan.FromSeconds(1),
        MetadataInterval: TimeSpan.FromSeconds(30));

    /// <summary>The times that hold for these settings.</summary>
    public static KafkaTiming Of(KafkaSettings settings)
    {
        var defaults = settings.Profile == KafkaProfile.Embedded ? Embedded : Production;
        return new(
            settings.DrainTime ?? defaults.DrainTime,
            settings.SessionTimeout ?? defaults.SessionTimeout,
            settings.HeartbeatInterval ?? defaults.HeartbeatInterval,
            settings.FetchWait ?? defaults.FetchWait,
            settings.CommitInterval ?? defaults.CommitInterval,
            settings.MetadataInterval ?? defaults.MetadataInterval);
    }
}
