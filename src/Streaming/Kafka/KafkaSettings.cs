using System.ComponentModel.DataAnnotations;
using MoodStream.Streaming.Settings;

namespace MoodStream.Streaming.Kafka;

/// <summary>Which kind of Kafka is on the other side; sets the defaults of everything left unset.</summary>
public enum KafkaProfile
{
    /// <summary>The in-process cluster: an empty fetch sleeps its whole wait, so waits and sessions are short.</summary>
    Embedded,

    /// <summary>Apache Kafka.</summary>
    Production,
}

/// <summary>Where a consumer group without a committed offset begins.</summary>
public enum OffsetReset
{
    /// <summary>With the oldest record there is.</summary>
    Earliest,

    /// <summary>With the next record that comes.</summary>
    Latest,

    /// <summary>Nowhere: the consumer stops with an error.</summary>
    Error,
}

/// <summary>How to reach Kafka. Section <c>MoodStream:Kafka</c>.</summary>
public sealed record KafkaSettings : ICheckedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Kafka";

    /// <summary>Brokers to ask first, <c>host:port</c> separated by commas. Default: the embedded Kafka.</summary>
    [Required]
    [RegularExpression(@"[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*")]
    public string BootstrapServers { get; init; } = "127.0.0.1:29092";

    /// <summary>Kind of Kafka. Default Embedded; a real broker needs Production.</summary>
    public KafkaProfile Profile { get; init; } = KafkaProfile.Embedded;

    /// <summary>Name that brokers show for this client in their logs and quotas.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string ClientId { get; init; } = "moodstream";

    /// <summary>Largest record this client writes, in bytes. Default 1,048,576; raise it together with the topics' max.message.bytes.</summary>
    [Range(1_000, 1_000_000_000)]
    public int MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>Longest that records in hand are waited for when a partition is revoked or the service stops. Default 5 s embedded, 30 s production.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:04:00")]
    public TimeSpan? DrainTime { get; init; }

    /// <summary>A member that is silent for so long loses its partitions. Default 1.5 s embedded, 45 s production.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary>How often a member says that it lives; at most a third of the session. Default 0.3 s embedded, 3 s production.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary>Longest a fetch waits at the broker for records. Default 5 ms embedded, 100 ms production.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan? FetchWait { get; init; }

    /// <summary>How often finished offsets are committed; what lies between is delivered again after a crash. Default 0.2 s embedded, 1 s production.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan? CommitInterval { get; init; }

    /// <summary>How often the client asks anew which topics and brokers there are. Default 1 s embedded, 30 s production.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan? MetadataInterval { get; init; }

    /// <summary>How often the client tells how far it is behind, for the metrics of lag. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan StatisticsInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest one question to a broker (offsets, metadata, topic creation) waits for its answer. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where a group without a committed offset begins. Default Earliest: nothing is skipped.</summary>
    public OffsetReset OffsetReset { get; init; } = OffsetReset.Earliest;

    /// <summary>Longest the producer gathers records before sending. Default 5 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Longest the producer tries to deliver a record before it gives up. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most records handed to the producer and not yet acknowledged; further writes wait. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxInFlightRecords { get; init; } = 1_000;

    /// <summary>Most bytes handed to the producer and not yet acknowledged. Default 64 MiB.</summary>
    [Range(1_000L, 1_000_000_000L)]
    public long MaxInFlightBytes { get; init; } = 64L << 20;

    /// <summary>How often outputs and offsets are committed together under exactly-once; a verdict is seen that much later. Default 0.1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan TransactionInterval { get; init; } = TimeSpan.FromSeconds(0.1);

    /// <summary>
    /// A transaction open for so long is ended by the broker; after a crash readers wait that long unless the member is static and
    /// comes back sooner. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:15:00")]
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Replicas of a topic that <see cref="TopicAdmin"/> creates; −1 leaves it to the broker. Default −1.</summary>
    [Range(-1, 32)]
    public int ReplicationFactor { get; init; } = -1;

    /// <summary>
    /// Replicas that must have a record before it counts as written, for topics that <see cref="TopicAdmin"/> creates; −1 leaves it to
    /// the broker. Default −1; with three replicas, 2.
    /// </summary>
    [Range(-1, 32)]
    public int MinInSyncReplicas { get; init; } = -1;

    /// <summary>
    /// Keys of librdkafka passed through as they are, for security above all (<c>security.protocol</c>, <c>sasl.*</c>, <c>ssl.*</c>).
    /// Those that MoodStream's promises rest on are refused. Values are never logged.
    /// </summary>
    public IReadOnlyDictionary<string, string> Client { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        var timing = KafkaTiming.Of(this);
        if (timing.HeartbeatInterval * 3 > timing.SessionTimeout)
            yield return new(
                nameof(HeartbeatInterval), timing.HeartbeatInterval, $"at most a third of {nameof(SessionTimeout)}, {timing.SessionTimeout}");
        if (MaxInFlightBytes < MaxMessageBytes)
            yield return new(nameof(MaxInFlightBytes), MaxInFlightBytes, $"at least {nameof(MaxMessageBytes)}, {MaxMessageBytes}");
        if (ReplicationFactor == 0) yield return new(nameof(ReplicationFactor), 0, "-1, or 1 to 32");
        if (MinInSyncReplicas == 0) yield return new(nameof(MinInSyncReplicas), 0, "-1, or 1 to 32");
        if (ReplicationFactor > 0 && MinInSyncReplicas > ReplicationFactor)
            yield return new(nameof(MinInSyncReplicas), MinInSyncReplicas, $"at most {nameof(ReplicationFactor)}, {ReplicationFactor}");
        foreach (var key in Client.Keys.Where(KafkaClientConfig.Owned.ContainsKey))
            yield return new($"{nameof(Client)}:{key}", "***", $"anything but this key, which is {KafkaClientConfig.Owned[key]}");
    }

    /// <summary>Where it leads; no client key, since those hold secrets.</summary>
    public override string ToString() => $"{BootstrapServers} ({Profile})";
}
