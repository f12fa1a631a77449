using Confluent.Kafka;
using MoodStream.Streaming.Telemetry;
using Client = Confluent.Kafka.IConsumer<byte[]?, System.ArraySegment<byte>>;

namespace MoodStream.Streaming.Kafka;

/// <content>What happens when partitions change owner, offsets are committed, and the log is not what it should be.</content>
public sealed partial class KafkaRecordConsumer
{
    private Client Build() =>
        new ConsumerBuilder<byte[]?, ArraySegment<byte>>(KafkaClientConfig.Consumer(_settings, _subscription))
            .SetValueDeserializer(_subscription.RentsValues ? ValueDeserializer.Renting : ValueDeserializer.Owning)
            .SetPartitionsAssignedHandler((client, partitions) => OnAssigned(client, partitions))
            .SetPartitionsRevokedHandler((client, offsets) => OnRevoked(client, [.. offsets.Select(o => o.TopicPartition)]))
            .SetPartitionsLostHandler((client, offsets) =>
            {
                Resume(client, offsets.Select(o => o.TopicPartition));
                OnLost([.. offsets.Select(o => o.TopicPartition)]);
            })
            .SetErrorHandler((_, error) => OnError(error))
            .SetStatisticsHandler((_, statistics) => _lag.Told(statistics))
            .SetLogHandler((_, line) => _log.Client(line))
            .Build();

    private List<TopicPartitionOffset> OnAssigned(Client client, List<TopicPartition> partitions)
    {
        var starts = _subscription.Owner is { } owner ? Kept(owner, partitions) : Starts(client, partitions);
        Begin(starts);
        _lag.Assigned(partitions);
        _troubles.TopicsFound(partitions);
        _troubles.BrokerAnswered();
        CountRebalance("assigned", partitions.Count);
        if (partitions.Count > 0) _log.PartitionsAssigned(Group, Text(partitions));
        return starts;
    }

    private void Begin(List<TopicPartitionOffset> starts)
    {
        foreach (var start in starts) _partitions.Add(start.TopicPartition, start.Offset.IsSpecial ? null : start.Offset.Value);
    }

    /// <summary>Offsets that the partitions' owner goes on at.</summary>
    private static List<TopicPartitionOffset> Kept(IPartitionOwner owner, List<TopicPartition> partitions) =>
        [.. partitions.Zip(owner.Begin(Names(partitions)), (p, at) => new TopicPartitionOffset(p, at is { } next ? new Offset(next) : Offset.Beginning))];

    private static List<(string Topic, int Partition)> Names(IEnumerable<TopicPartition> partitions) =>
        [.. partitions.Select(p => (p.Topic, p.Partition.Value))];

    /// <summary>Offsets to start from; unset where the brokers do not tell in time, which <see cref="StartLate"/> makes good.</summary>
    private List<TopicPartitionOffset> Starts(Client client, List<TopicPartition> partitions)
    {
        try
        {
            return partitions.Count == 0 ? [] : Committed(client, partitions, _settings.RequestTimeout);
        }
        catch (KafkaException e)
        {
            _log.CommittedUnknown(Group, Text(partitions), e.Error.Reason);
            _startless.UnionWith(partitions);
            return [.. partitions.Select(p => new TopicPartitionOffset(p, Offset.Unset))];
        }
    }

    /// <summary>
    /// Starts partitions of which nothing has come since they were assigned without an offset. The client asks for it by itself, but
    /// where the coordinator refuses the whole question, as it does while it moves, librdkafka 2.16 neither asks again nor ever reads
    /// the partition (its issue 5586): the member would hold it, and nobody would read it.
    /// </summary>
    private void StartLate(Client client)
    {
        _lastStartLate = _clock.GetTimestamp();
        _startless.RemoveWhere(_partitions.HasBegun);
        if (_startless.Count == 0) return;
        try
        {
            var starts = Committed(client, _startless, PollWait * 4);
            client.IncrementalUnassign(_startless);
            client.IncrementalAssign(starts);
            Begin(starts);
            _log.StartedLate(Group, Text(_startless));
            _startless.Clear();
        }
        catch (KafkaException)
        {
            // Still not told; asked again.
        }
    }

    /// <summary>
    /// Offsets that the group has committed, or where it begins without one. They are asked for here, not left to the client, so that a
    /// gap between what was committed and what the log still holds is seen.
    /// </summary>
    private List<TopicPartitionOffset> Committed(Client client, IEnumerable<TopicPartition> partitions, TimeSpan patience) =>
        [.. client.Committed(partitions, patience).Select(c => c.Offset.IsSpecial ? new(c.TopicPartition, _reset) : c)];

    private void OnRevoked(Client client, List<TopicPartition> partitions)
    {
        _subscription.Owner?.End(Names(partitions));
        if (!_closing) _partitions.Drain(partitions, _timing.DrainTime);
        Commit(client, partitions);
        Resume(client, partitions);
        var abandoned = Remove(partitions, "revoked");
        if (partitions.Count > 0) _log.PartitionsRevoked(Group, Text(partitions), abandoned);
    }

    /// <summary>Ends the pause of partitions that go: the client remembers it, and would read nothing of those that come back.</summary>
    private void Resume(Client client, IEnumerable<TopicPartition> partitions)
    {
        var paused = partitions.Where(_paused.Contains).ToList();
        if (paused.Count > 0) client.Resume(paused);
    }

    private void OnLost(List<TopicPartition> partitions)
    {
        _subscription.Owner?.Lose(Names(partitions));
        var abandoned = Remove(partitions, "lost");
        if (partitions.Count > 0) _log.PartitionsLost(Group, Text(partitions), abandoned);
    }

    private int Remove(List<TopicPartition> partitions, string kind)
    {
        var abandoned = _partitions.Remove(partitions);
        _subscription.Outbox?.Abandon(partitions);
        _paused.ExceptWith(partitions);
        _startless.ExceptWith(partitions);
        _lag.Forget(partitions);
        _abandoned += abandoned;
        _metrics.Abandoned.WithLabels(Group).Inc(abandoned);
        CountRebalance(kind, partitions.Count);
        return abandoned;
    }

    private void CountRebalance(string kind, int partitions)
    {
        _metrics.Rebalances.WithLabels(Group, kind).Inc(partitions);
        _metrics.Assigned.WithLabels(Group).Set(_partitions.Count);
    }

    private void Commit(Client client, List<TopicPartition>? only = null)
    {
        if (_subscription.Outbox is { } outbox) CommitOutputs(outbox, client, only);
        else CommitOffsets(client, only);
        _lastCommit = _clock.GetTimestamp();
    }

    /// <summary>Outputs and offsets in one transaction. What fails is tried again at the next interval, with the same outputs.</summary>
    private void CommitOutputs(TransactionalOutbox outbox, Client client, List<TopicPartition>? only)
    {
        if (outbox.Commit(client, only) is not { } error) _troubles.CommitStored();
        else if (_troubles.NoCommit(error.Reason)) _log.CommitFailed(Group, error.Reason);
    }

    private void CommitOffsets(Client client, List<TopicPartition>? only)
    {
        var offsets = _partitions.Committable(only);
        if (offsets.Count == 0) return;
        try
        {
            client.Commit(offsets);
            _metrics.CommitSeconds.WithLabels(Group).Observe(_clock.GetElapsedTime(_lastCommit).TotalSeconds);
            _partitions.MarkCommitted(offsets);
            _troubles.CommitStored();
            _metrics.Commits.WithLabels(Group, "stored").Inc();
        }
        catch (KafkaException e)
        {
            // Tried again at the next interval; in a rebalance the next owner begins at the last stored offset.
            _metrics.Commits.WithLabels(Group, "refused").Inc();
            if (_troubles.NoCommit(e.Error.Reason)) _log.CommitFailed(Group, e.Error.Reason);
        }
    }

    /// <summary>The record read is not the one that should have come: says what that means.</summary>
    private void Mismatch(Client client, ConsumeResult<byte[]?, ArraySegment<byte>> result, long expected)
    {
        var (topic, partition, offset) = (result.Topic, result.Partition.Value, result.Offset.Value);
        if (offset < expected)
        {
            _log.LogWentBack(topic, partition, expected, offset);
            return;
        }

        var lost = Lost(client, result.TopicPartition, expected, offset);
        if (lost > 0)
        {
            Interlocked.Add(ref _lostRecords, lost);
            _metrics.OffsetGaps.WithLabels(topic, Group, StreamingMetrics.Lost).Inc(lost);
            _log.RecordsLost(topic, partition, expected, lost, Group);
        }

        if (offset - expected - lost is not (> 0 and var skipped)) return;
        _metrics.OffsetGaps.WithLabels(topic, Group, StreamingMetrics.Skipped).Inc(skipped);
        _log.OffsetsSkipped(topic, partition, expected + lost, skipped);
    }

    /// <summary>How many of the missing offsets retention took away.</summary>
    /// <remarks>
    /// The embedded cluster has neither transaction markers nor compaction: every gap is loss. On a real broker only what lies below
    /// the start of the log is; a single offset is a transaction marker, and not worth a question.
    /// </remarks>
    private long Lost(Client client, TopicPartition partition, long expected, long offset)
    {
        if (_settings.Profile == KafkaProfile.Embedded) return offset - expected;
        if (offset - expected == 1) return 0;
        try
        {
            var start = client.QueryWatermarkOffsets(partition, _settings.RequestTimeout).Low.Value;
            return Math.Clamp(start - expected, 0, offset - expected);
        }
        catch (KafkaException e)
        {
            _log.ReadingFailed(Group, e.Error.Reason);
            return offset - expected;   // unknown is told as the worse of the two
        }
    }

    private void OnUnreadable(ConsumeException e)
    {
        _metrics.KafkaErrors.WithLabels(KafkaErrorKind.Consumer, KafkaErrorKind.Of(e.Error)).Inc();
        var topic = e.ConsumerRecord?.Topic;
        var news = e.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.TopicAuthorizationFailed
            && topic is not null
            ? _troubles.Topic(topic, $"{topic}: {e.Error.Reason}")
            : _troubles.NoBroker(e.Error.Reason);
        if (news) _log.ReadingFailed(Group, e.Error.Reason);
    }

    private void OnError(Error error)
    {
        _metrics.KafkaErrors.WithLabels(KafkaErrorKind.Consumer, KafkaErrorKind.Of(error)).Inc();
        // A fatal error also ends the poll thread, which tells it.
        if (error.Code is not (ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Authentication or ErrorCode.Local_Resolve)) return;
        if (_troubles.NoBroker(error.Reason)) _log.ReadingFailed(Group, error.Reason);
    }

    /// <summary>Asks for a watermark: the client does not say of itself that brokers are back.</summary>
    private void Probe(Client client)
    {
        _lastProbe = _clock.GetTimestamp();
        if (_partitions.List() is not [var partition, ..]) return;
        try
        {
            client.QueryWatermarkOffsets(partition, PollWait * 4);
            _troubles.BrokerAnswered();
        }
        catch (KafkaException)
        {
            // Still silent; the trouble stays.
        }
    }

    private static string Text(IEnumerable<TopicPartition> partitions) =>
        string.Join(", ", partitions.GroupBy(p => p.Topic).Select(
            t => $"{t.Key}[{string.Join(',', t.Select(p => p.Partition.Value).Order())}]"));
}
