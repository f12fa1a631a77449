using Confluent.Kafka;

namespace MoodStream.Streaming.Kafka;

/// <summary>Turns <see cref="KafkaSettings"/> into the configuration of each kind of client.</summary>
internal static class KafkaClientConfig
{
    /// <summary>Keys that cannot be passed through, and why.</summary>
    public static IReadOnlyDictionary<string, string> Owned { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["bootstrap.servers"] = "set by BootstrapServers",
        ["metadata.broker.list"] = "set by BootstrapServers",
        ["client.id"] = "set by ClientId",
        ["message.max.bytes"] = "set by MaxMessageBytes",
        ["session.timeout.ms"] = "set by SessionTimeout",
        ["heartbeat.interval.ms"] = "set by HeartbeatInterval",
        ["statistics.interval.ms"] = "set by StatisticsInterval",
        ["fetch.wait.max.ms"] = "set by FetchWait",
        ["auto.offset.reset"] = "set by OffsetReset",
        ["linger.ms"] = "set by Linger",
        ["queue.buffering.max.ms"] = "set by Linger",
        ["message.timeout.ms"] = "set by DeliveryTimeout",
        ["delivery.timeout.ms"] = "set by DeliveryTimeout",
        ["group.id"] = "set by each service",
        ["group.instance.id"] = "set by each service",
        ["enable.auto.commit"] = "off: an offset moves only when its record has ended somewhere",
        ["enable.auto.offset.store"] = "off: an offset moves only when its record has ended somewhere",
        ["enable.idempotence"] = "on: retries must not double or reorder records",
        ["acks"] = "all: done means that all in-sync replicas have the record",
        ["request.required.acks"] = "all: done means that all in-sync replicas have the record",
        ["partition.assignment.strategy"] = "cooperative-sticky: all members of a group must agree",
        ["isolation.level"] = "read_committed: what a transaction has taken back is no record",
        ["transactional.id"] = "set by each service",
        ["transaction.timeout.ms"] = "set by TransactionTimeout",
        ["test.mock.num.brokers"] = "not for a client: the embedded Kafka is its own owner",
    };

    /// <summary>Configuration of a member of a consumer group.</summary>
    public static ConsumerConfig Consumer(KafkaSettings settings, ConsumerSubscription subscription)
    {
        var timing = KafkaTiming.Of(settings);
        var config = new ConsumerConfig(Shared(settings, timing))
        {
            GroupId = subscription.Group,
            GroupInstanceId = subscription.StaticMember,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = Reset(subscription.OffsetReset ?? settings.OffsetReset),
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            IsolationLevel = IsolationLevel.ReadCommitted,
            SessionTimeoutMs = Milliseconds(timing.SessionTimeout),
            HeartbeatIntervalMs = Milliseconds(timing.HeartbeatInterval),
            FetchWaitMaxMs = Milliseconds(timing.FetchWait),
            StatisticsIntervalMs = Milliseconds(settings.StatisticsInterval),
            // Enough for one full buffer; what is prefetched beyond it is thrown away at every pause.
            QueuedMaxMessagesKbytes = (int)Math.Clamp(subscription.MaxBufferedBytes >> 10, 1 << 10, 1 << 20),
            AllowAutoCreateTopics = false,
        };
        return config;
    }

    /// <summary>Configuration of the producer: idempotent, all in-sync replicas, same partitioner as the Java clients.</summary>
    public static ProducerConfig Producer(KafkaSettings settings) => new(Shared(settings, KafkaTiming.Of(settings)))
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = settings.Linger.TotalMilliseconds,
        MessageTimeoutMs = Milliseconds(settings.DeliveryTimeout),
        Partitioner = Partitioner.Murmur2Random,
        // The producer's own bound is in KafkaRecordProducer; the client's queue must never be the one that refuses.
        QueueBufferingMaxMessages = settings.MaxInFlightRecords + 1,
        QueueBufferingMaxKbytes = (int)((settings.MaxInFlightBytes >> 10) * 2) + 1024,
        DeliveryReportFields = "none",
    };

    /// <summary>Configuration of a producer whose records are seen only once their transaction is committed.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="transactionalId">Who writes: a second producer of that name ends the transactions of the first.</param>
    public static ProducerConfig Transactional(KafkaSettings settings, string transactionalId)
    {
        var config = Producer(settings);
        config.TransactionalId = transactionalId;
        config.TransactionTimeoutMs = Milliseconds(settings.TransactionTimeout);
        // Longer than its transaction no record needs to be tried; the client refuses to try it longer.
        config.MessageTimeoutMs = Math.Min(config.MessageTimeoutMs!.Value, config.TransactionTimeoutMs.Value);
        // Whether a record was written is told by its transaction.
        config.EnableDeliveryReports = false;
        return config;
    }

    /// <summary>Configuration of a client that reads a group's committed offsets without joining it.</summary>
    public static ConsumerConfig Observer(KafkaSettings settings, string group) => new(Shared(settings, KafkaTiming.Of(settings)))
    {
        GroupId = group,
        EnableAutoCommit = false,
        AllowAutoCreateTopics = false,
    };

    /// <summary>Configuration of an administration client.</summary>
    public static AdminClientConfig Admin(KafkaSettings settings) => new(Shared(settings, KafkaTiming.Of(settings)));

    /// <summary>Where a partition begins of which the group has committed nothing; unset where the client is to stop with an error.</summary>
    public static Offset StartWithout(OffsetReset reset) => reset switch
    {
        OffsetReset.Earliest => Offset.Beginning,
        OffsetReset.Latest => Offset.End,
        _ => Offset.Unset,
    };

    private static ClientConfig Shared(KafkaSettings settings, KafkaTiming timing)
    {
        var config = new ClientConfig(settings.Client.ToDictionary())
        {
            BootstrapServers = settings.BootstrapServers,
            ClientId = settings.ClientId,
            MessageMaxBytes = settings.MaxMessageBytes,
            TopicMetadataRefreshIntervalMs = Milliseconds(timing.MetadataInterval),
        };
        if (settings.Profile == KafkaProfile.Embedded && !settings.Client.ContainsKey("reconnect.backoff.max.ms"))
            config.ReconnectBackoffMaxMs = 1_000;
        return config;
    }

    private static AutoOffsetReset Reset(OffsetReset reset) => reset switch
    {
        OffsetReset.Earliest => AutoOffsetReset.Earliest,
        OffsetReset.Latest => AutoOffsetReset.Latest,
        OffsetReset.Error => AutoOffsetReset.Error,
        _ => throw new ArgumentOutOfRangeException(nameof(reset), reset, "Not a place to begin."),
    };

    private static int Milliseconds(TimeSpan time) => (int)time.TotalMilliseconds;
}
