using System.Collections.Concurrent;
using Confluent.Kafka;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Kafka;

public sealed class KafkaRecordConsumerTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    // Most tests leave records in hand on purpose; nobody should wait for them.
    private KafkaSettings Quick => kafka.Settings with { DrainTime = TimeSpan.FromMilliseconds(50) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_OfOnePartition_KeepTheirOrder()
    {
        var topic = kafka.NewTopic(partitions: 4);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 1_000);
        await using var running = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));

        var read = await running.TakeAsync(1_000);
        Assert.All(
            read.GroupBy(r => r.Position.Partition),
            partition => Assert.Equal(Enumerable.Range(0, partition.Count()).Select(i => (long)i), partition.Select(r => r.Position.Offset)));
        Assert.Equal(Enumerable.Range(0, 1_000), read.Select(r => r.Number()).Order());
    }

    [Fact]
    public async Task Records_KeyValueHeadersTimestamp_AreThoseWritten()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        byte[] key = [0, 255, 13], value = [1, 0, 2];
        KeyValuePair<string, byte[]?>[] headers = [new("a", [1]), new("a", []), new("b", null)];
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        await producer.WriteAsync(new OutgoingRecord(topic, key, value, headers), Cancellation);
        await producer.WriteAsync(new OutgoingRecord(topic, null, null, []), Cancellation);
        await using var running = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));

        var read = await running.TakeAsync(2);
        Assert.Equal(key, read[0].Key);
        Assert.Equal(value, read[0].Value);
        Assert.Equal(headers, read[0].Headers.Select(h => h), HeaderEquality);
        Assert.InRange(read[0].Timestamp, before, TimeProvider.System.GetUtcNow().AddSeconds(1));
        Assert.Null(read[1].Key);
        Assert.Null(read[1].Value);
        Assert.Empty(read[1].Headers);
    }

    [Fact]
    public async Task Records_ReaderStops_PartitionsPauseAndNothingIsLost()
    {
        var topic = kafka.NewTopic(partitions: 4);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await using var running = new RunningConsumer(KafkaHarness.Consumer(Quick, topic, buffered: 20));
        await producer.WriteAsync(topic, 500);

        await Eventually.HoldsAsync(() => running.Consumer.Paused, "a pause");
        Assert.InRange(running.Consumer.Records.Count, 20, 24);
        var read = await running.TakeAsync(500);
        Assert.Equal(Enumerable.Range(0, 500), read.Select(r => r.Number()).Order());
        await Eventually.HoldsAsync(() => !running.Consumer.Paused, "reading goes on");
    }

    [Fact]
    public async Task Records_OneIsHeldThatFillsTheBytes_NoMoreAreReadUntilItIsLetGo()
    {
        const int bytes = 1_000_000, count = 40;
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, count);
        var consumer = KafkaHarness.Consumer(Quick, topic, bufferedBytes: bytes);
        var held = new ReceivedRecord(new(topic, 0, 0), null, new byte[bytes], [], DateTimeOffset.UnixEpoch);
        consumer.Hold(held);
        await using var running = new RunningConsumer(consumer);

        await Eventually.HoldsAsync(() => consumer.Paused, "a pause");
        Assert.InRange(consumer.Records.Count, 0, 1);
        consumer.LetGo(held);
        Assert.Equal(count, (await running.TakeAsync(count)).Count);
    }

    [Fact]
    public async Task Records_LargeHeaders_CountTowardsTheBytesThatAreBuffered()
    {
        const int headerBytes = 100_000, count = 40, fitting = 5;
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        for (var i = 0; i < count; i++)
            await producer.WriteAsync(new(topic, null, [(byte)i], [new("large", new byte[headerBytes])]), TestContext.Current.CancellationToken);
        await using var running = new RunningConsumer(KafkaHarness.Consumer(Quick, topic, bufferedBytes: fitting * headerBytes));

        await Eventually.HoldsAsync(() => running.Consumer.Paused, "a pause");
        Assert.InRange(running.Consumer.Records.Count, fitting, fitting + 1);
        Assert.Equal(Enumerable.Range(0, count), (await running.TakeAsync(count)).Select(r => (int)r.Value![0]));
    }

    [Fact]
    public async Task Records_PartitionsLeaveWhilePausedAndComeBack_AreReadOn()
    {
        const int count = 400, buffered = 20;
        var topic = kafka.NewTopic(partitions: 4);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, count, keys: 64);
        await using var first = new RunningConsumer(KafkaHarness.Consumer(Quick, topic, buffered: buffered));
        await Eventually.HoldsAsync(() => first.Consumer.Paused, "a pause");
        var second = new RunningConsumer(KafkaHarness.Consumer(Quick, topic, buffered: buffered));
        await using (second)
        {
            await Eventually.HoldsAsync(
                () => first.Consumer.AssignedPartitions == 2 && second.Consumer.AssignedPartitions == 2, "each has its share");
            await first.TakeAsync(buffered);
            await Eventually.HoldsAsync(() => !first.Consumer.Paused, "reading goes on");
        }

        var seen = new ConcurrentDictionary<int, bool>();
        first.CompleteAll(r => seen[r.Number()] = true);
        await Eventually.HoldsAsync(() => first.Consumer.AssignedPartitions == 4, "all partitions are back");
        await producer.WriteAsync(topic, count, keys: 64, from: count);
        await Eventually.HoldsAsync(() => Enumerable.Range(count, count).All(seen.ContainsKey), "all that comes is read");
    }

    [Fact]
    public async Task RunAsync_StoppedAndStartedAgain_GoesOnWhereItWas()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 100);
        await using (var first = new RunningConsumer(KafkaHarness.Consumer(Quick, topic)))
            foreach (var record in await first.TakeAsync(40)) first.Consumer.Complete(record.Position);

        Assert.Equal(40, kafka.Committed(topic, 1)[0]);
        await using var second = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));
        Assert.Equal(Enumerable.Range(40, 60), (await second.TakeAsync(60)).Select(r => r.Number()));
    }

    [Fact]
    public async Task Complete_AnEarlierRecordIsInFlight_OffsetStaysBelowIt()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 10);
        await using (var running = new RunningConsumer(KafkaHarness.Consumer(Quick, topic)))
            foreach (var record in (await running.TakeAsync(10)).Where(r => r.Number() != 3)) running.Consumer.Complete(record.Position);

        Assert.Equal(3, kafka.Committed(topic, 1)[0]);
    }

    [Fact]
    public async Task RunAsync_TwoMembersComeAndGo_EveryRecordIsReadAndCommitted()
    {
        const int partitions = 6, count = 3_000;
        var topic = kafka.NewTopic(partitions);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        var seen = new ConcurrentDictionary<int, int>();

        var writing = WriteSlowlyAsync(producer, topic, count);
        await using (var first = new RunningConsumer(KafkaHarness.Consumer(kafka.Settings, topic)))
        {
            first.CompleteAll(r => seen.AddOrUpdate(r.Number(), 1, (_, n) => n + 1));
            await Eventually.HoldsAsync(() => seen.Count > count / 10, "the first member reads");
            await using var second = new RunningConsumer(KafkaHarness.Consumer(kafka.Settings, topic));
            second.CompleteAll(r => seen.AddOrUpdate(r.Number(), 1, (_, n) => n + 1));
            await Eventually.HoldsAsync(() => second.Consumer.AssignedPartitions == partitions / 2, "the second member has its share");
            await first.StopAsync();
            await Eventually.HoldsAsync(() => second.Consumer.AssignedPartitions == partitions, "the second member has all");
            await writing;
            await Eventually.HoldsAsync(() => seen.Count == count, "all records are read");
            // A commit that falls into a rebalance is refused and made again, so it is waited for before the group goes.
            await Eventually.HoldsAsync(() => Committed().SequenceEqual(kafka.Ends(topic, partitions).OrderBy(e => e.Key)), "all records are committed");
        }

        Assert.Equal(kafka.Ends(topic, partitions).OrderBy(e => e.Key), Committed());

        IEnumerable<KeyValuePair<int, long>> Committed() => kafka.Committed(topic, partitions).OrderBy(e => e.Key);
    }

    [Fact]
    public async Task Records_RetentionWasFaster_LossIsTold()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 100);
        await using (var first = new RunningConsumer(KafkaHarness.Consumer(Quick, topic)))
        {
            foreach (var record in await first.TakeAsync(10)) first.Consumer.Complete(record.Position);
            Assert.Equal(0, first.Consumer.LostRecords);
        }

        kafka.Kafka.Cluster.DeleteRecords(topic, 0, beforeOffset: 50);
        await using var second = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));
        var read = await second.TakeAsync(50);
        Assert.Equal(50, read[0].Number());
        Assert.Equal(40, second.Consumer.LostRecords);
    }

    [Fact]
    public async Task Complete_AfterThePartitionWasRevoked_IsIgnored()
    {
        var topic = kafka.NewTopic(partitions: 2);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 40);
        await using var first = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));
        var taken = await first.TakeAsync(40);

        await using var second = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));
        await Eventually.HoldsAsync(() => second.Consumer.Assigned, "the second member has a partition");
        var gone = taken.Where(r => !first.Consumer.Owns(r.Position)).ToList();
        Assert.NotEmpty(gone);
        foreach (var record in gone) first.Consumer.Complete(record.Position);

        var again = await second.TakeAsync(gone.Count);
        Assert.Equal(gone.Select(r => r.Position), again.Select(r => r.Position));
        Assert.All(again, r => Assert.True(second.Consumer.Owns(r.Position)));
        await first.StopAsync();
        Assert.Equal(0, kafka.Committed(topic, 2)[gone[0].Position.Partition]);
    }

    [Fact]
    public async Task RunAsync_TopicDoesNotExistYet_SaysSoAndGoesOnOnceItDoes()
    {
        var topic = "made-later";
        await using var running = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));
        await Eventually.HoldsAsync(() => running.Consumer.Trouble?.Contains(topic) == true, "the trouble names the topic");
        Assert.False(running.Consumer.Assigned);

        kafka.Kafka.Cluster.CreateTopic(topic, 1);
        await Eventually.HoldsAsync(() => running.Consumer is { Assigned: true, Trouble: null }, "the topic is read");
    }

    [Fact]
    public async Task RunAsync_NothingToStartFromAndResetIsError_FaultsTheReader()
    {
        var topic = kafka.NewTopic(partitions: 1);
        var settings = Quick with { OffsetReset = OffsetReset.Error };
        await using var consumer = KafkaHarness.Consumer(settings, topic);
        await Assert.ThrowsAsync<ConsumeException>(() => consumer.RunAsync(Cancellation));
        await Assert.ThrowsAsync<ConsumeException>(() => consumer.Records.Completion);
        Assert.True(consumer.Faulted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Records_CoordinatorRefusesToTellWhatIsCommitted_AreReadFromThereAllTheSame(int refusals)
    {
        const short offsetFetch = 9;
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 20);
        await using (var first = new RunningConsumer(KafkaHarness.Consumer(Quick, topic, group: topic)))
            foreach (var record in await first.TakeAsync(5)) first.Consumer.Complete(record.Position);

        kafka.Kafka.Cluster.FailNext(offsetFetch, [.. Enumerable.Repeat(ErrorCode.NotCoordinatorForGroup, refusals)]);
        await using var second = new RunningConsumer(KafkaHarness.Consumer(Quick, topic, group: topic));
        Assert.Equal(Enumerable.Range(5, 15), (await second.TakeAsync(15)).Select(r => r.Number()));
        Assert.Equal(0, second.Consumer.LostRecords);
    }

    [Fact]
    public async Task RunAsync_CommitsAreRefusedForAWhile_NothingIsLostAndCommitsCatchUp()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 50);
        await using var running = new RunningConsumer(KafkaHarness.Consumer(Quick, topic));
        var read = await running.TakeAsync(50);
        const short offsetCommit = 8;
        kafka.Kafka.Cluster.FailNext(offsetCommit, ErrorCode.RebalanceInProgress, ErrorCode.RebalanceInProgress);
        foreach (var record in read) running.Consumer.Complete(record.Position);
        await Eventually.HoldsAsync(() => kafka.Committed(topic, 1)[0] == 50, "the commit goes through");
        await Eventually.HoldsAsync(() => running.Consumer.Trouble is null, "the trouble is over");
    }

    private static async Task WriteSlowlyAsync(KafkaRecordProducer producer, string topic, int count)
    {
        for (var i = 0; i < count; i += 10)
        {
            await producer.WriteAsync(topic, 10, keys: 64, from: i);
        }
    }

    private static bool HeaderEquality(KeyValuePair<string, byte[]?> a, KeyValuePair<string, byte[]?> b) =>
        a.Key == b.Key && (a.Value ?? []).SequenceEqual(b.Value ?? []);
}
