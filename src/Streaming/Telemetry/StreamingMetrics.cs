using Prometheus;

namespace MoodStream.Streaming.Telemetry;

/// <summary>Metrics of Streaming. Labels come from closed sets: topics and groups are few, outcomes and kinds are listed.</summary>
public sealed class StreamingMetrics
{
    /// <summary>Values of the label <c>meaning</c> of offset gaps.</summary>
    internal const string Lost = "lost", Skipped = "skipped";

    private readonly MetricFactory _factory;

    /// <summary>Creates the metrics in a registry; the same registry gives the same metrics.</summary>
    public StreamingMetrics(CollectorRegistry? registry = null)
    {
        _factory = registry is null ? Metrics.DefaultFactory : Metrics.WithCustomRegistry(registry);
        RecordsRead = Counter("records_read_total", "Records read from Kafka.", "topic");
        RecordsWritten = Counter("records_written_total", "Records written, by outcome (acknowledged, refused).", "topic", "outcome");
        OffsetGaps = Counter("offset_gap_records_total", "Offsets that were never read, by meaning (lost: retention was faster; skipped: they hold no record).", "topic", "group", "meaning");
        Rebalances = Counter("rebalances_total", "Partitions that changed owner, by kind (assigned, revoked, lost).", "group", "kind");
        Abandoned = Counter("abandoned_records_total", "Records in hand when their partition went; they are delivered again.", "group");
        LateCompletions = Counter("late_completions_total", "Completions ignored since the record's assignment had ended.", "group");
        Commits = Counter("commits_total", "Commits of offsets, by outcome (stored, refused).", "group", "outcome");
        Transactions = Counter("transactions_total", "Transactions of outputs and offsets, by how they ended (committed, aborted, unknown); all but the first are written again.", "group", "end");
        ProducersReplaced = Counter("transactional_producers_replaced_total", "Transactional producers made anew after an error that they could not survive.");
        ConsumersReplaced = Counter("consumers_replaced_total", "Consumers made anew after an error that they could not survive.", "group");
        Assigned = Gauge("assigned_partitions", "Partitions owned.", "group");
        Paused = Gauge("paused", "1 while partitions are paused because the pipeline is full.", "group");
        Pauses = Counter("pauses_total", "Times that partitions were paused because the pipeline was full.", "group");
        Buffered = Gauge("buffered_records", "Records read and not yet taken.", "group");
        DeadLetters = Counter("dead_letters_total", "Records sent to the dead-letter topic, by reason (Contracts.DeadLetterReason).", "reason");
        IngressLag = Gauge("ingress_lag_records", "Records between the end of the log and the slowest offset that ingress looks at.", "topic", "group");
        IngressAccepting = Gauge("ingress_accepting", "1 while ingress accepts.", "topic");
        ImageBytes = Counter("image_store_bytes_total", "Bytes of images, by operation (read, written, repeated).", "operation");
        ImageStoreFree = Gauge("image_store_free_bytes", "Bytes left on the disk of the image store, when an image was last written or the store last probed.");
        StatisticsEpoch = Gauge("statistics_epoch", "Epoch of the active statistics as this process last read it.", "gate");
        StatisticsReachable = Gauge("statistics_reachable", "1 while the active statistics can be read.", "gate");
        ConsumerLag = Gauge("consumer_lag_records", "Records between the end of the log and what is committed, over the partitions this process owns.", "topic", "group");
        ConsumerLagSeconds = Gauge("consumer_lag_seconds", "Age of what waits in the owned partition that is furthest behind in time; 0 where nothing waits.", "topic", "group");
        CommitSeconds = _factory.CreateHistogram("moodstream_streaming_commit_duration_seconds", "Time the broker took to store offsets.", new HistogramConfiguration { LabelNames = ["group"], Buckets = Histogram.ExponentialBuckets(0.001, 4, 8) });
        KafkaErrors = Counter("kafka_errors_total", "Errors of Kafka clients, by client (consumer, producer) and kind (unreachable, denied, topic, size, fatal, other).", "client", "kind");
        TopicFindings = Gauge("topic_findings", "What differs from what a topic should be, when it was last looked at; 0 where all is well.", "topic");
        RedisErrors = Counter("redis_errors_total", "Tries of Redis commands that failed since Redis was away, each before it was made again.");
        Build = _factory.CreateGauge("moodstream_build_info", "1; the version and the source revision of this process.", "version", "revision");
        Build.WithLabels(BuildVersion.Number, BuildVersion.Revision).Set(1);
        Allocated = _factory.CreateCounter("moodstream_allocated_bytes_total", "Managed memory allocated since the process started, freed since or not; its rate over that of the images is what one image costs.");
        (registry ?? Metrics.DefaultRegistry).AddBeforeCollectCallback(() => Allocated.IncTo(GC.GetTotalAllocatedBytes()));
    }

    internal Gauge TopicFindings { get; }

    internal Counter RecordsRead { get; }

    internal Counter RecordsWritten { get; }

    internal Counter OffsetGaps { get; }

    internal Counter Rebalances { get; }

    internal Counter Abandoned { get; }

    internal Counter LateCompletions { get; }

    internal Counter Commits { get; }

    internal Counter Transactions { get; }

    internal Counter ProducersReplaced { get; }

    internal Counter ConsumersReplaced { get; }

    internal Gauge Assigned { get; }

    internal Gauge Paused { get; }

    internal Counter Pauses { get; }

    internal Gauge Buffered { get; }

    internal Counter DeadLetters { get; }

    internal Gauge IngressLag { get; }

    internal Gauge IngressAccepting { get; }

    internal Counter ImageBytes { get; }

    internal Gauge ImageStoreFree { get; }

    internal Gauge StatisticsEpoch { get; }

    internal Gauge StatisticsReachable { get; }

    internal Gauge ConsumerLag { get; }

    internal Gauge ConsumerLagSeconds { get; }

    internal Histogram CommitSeconds { get; }

    internal Counter KafkaErrors { get; }

    internal Counter RedisErrors { get; }

    internal Gauge Build { get; }

    internal Counter Allocated { get; }

    private Counter Counter(string name, string help, params string[] labels) =>
        _factory.CreateCounter($"moodstream_streaming_{name}", help, labels);

    private Gauge Gauge(string name, string help, params string[] labels) =>
        _factory.CreateGauge($"moodstream_streaming_{name}", help, labels);
}
