using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;
using TopicSpecification = MoodStream.Contracts.TopicSpecification;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>Outputs and offsets in one transaction, on a real Kafka: what a reader of committed records sees, and what the group has stored.</summary>
[Collection(RealKafkaShared.Name)]
public sealed class ExactlyOnceTests(RealKafkaFixture kafka)
{
    private const int Partitions = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private KafkaSettings Settings => kafka.Settings with
    {
        DrainTime = TimeSpan.FromMilliseconds(200), SessionTimeout = TimeSpan.FromSeconds(6), HeartbeatInterval = TimeSpan.FromSeconds(0.5),
        MetadataInterval = TimeSpan.FromMilliseconds(500), TransactionInterval = TimeSpan.FromMilliseconds(20), MaxMessageBytes = 100_000,
    };

    [Fact]
    public async Task WriteAsync_OutputsInAnyOrder_EachIsSeenOnceAndAllIsCommitted()
    {
        const int count = 600;
        var (input, output) = await TopicsAsync("any-order");
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(input, count);
        using var outbox = Outbox();
        await using (var running = new RunningConsumer(Consumer(outbox, input)))
        {
            var records = await running.TakeAsync(count);
            new Random(7).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(records));
            await Task.WhenAll(records.Select(r => EndAsync(outbox, r, output)));
        }

        AssertEachOnce(count, output);
        Assert.Equal(count, CommittedRecords.Offsets(Settings.BootstrapServers, input, Partitions, input));
    }

    [Fact]
    public async Task WriteAsync_EarlierRecordInHand_WaitsForItsOutput()
    {
        var (input, output) = await TopicsAsync("waits", partitions: 1);
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(input, 3);
        using var outbox = Outbox();
        await using var running = new RunningConsumer(Consumer(outbox, input));
        var records = await running.TakeAsync(3);

        await EndAsync(outbox, records[0], output);
        var third = EndAsync(outbox, records[2], output);
        Assert.Equal(["0"], CommittedRecords.Of(Settings.BootstrapServers, output, 1));
        Assert.Equal(1, outbox.Count);
        Assert.False(third.IsCompleted);

        await EndAsync(outbox, records[1], output);
        await third;
        Assert.Equal(["0", "1", "2"], CommittedRecords.Of(Settings.BootstrapServers, output, 1));
    }

    [Fact]
    public async Task WriteAsync_ProducerFencedInBetween_IsMadeAnewAndEachIsSeenOnce()
    {
        const int count = 40;
        var (input, output) = await TopicsAsync("fenced", partitions: 1);
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(input, count);
        using var outbox = Outbox();
        await using (var running = new RunningConsumer(Consumer(outbox, input, member: "one")))
        {
            var records = await running.TakeAsync(count);
            foreach (var record in records.Take(count / 2)) await EndAsync(outbox, record, output);
            using (var other = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
            {
                BootstrapServers = Settings.BootstrapServers, TransactionalId = $"{input}.one",
            }).Build()) other.InitTransactions(TimeSpan.FromSeconds(30));
            await Task.WhenAll(records.Skip(count / 2).Select(r => EndAsync(outbox, r, output)));
        }

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), CommittedRecords.Of(Settings.BootstrapServers, output, 1));
        Assert.Equal(count, CommittedRecords.Offsets(Settings.BootstrapServers, input, 1, input));
    }

    [Fact]
    public async Task WriteAsync_PartitionHasGone_IsAbandonedAndTheNextOwnerEndsTheRecord()
    {
        const int count = 200;
        var (input, output) = await TopicsAsync("moved");
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(input, count, keys: 64);
        using var outbox = Outbox();
        using var otherOutbox = Outbox();
        var abandoned = 0;
        await using (var first = new RunningConsumer(Consumer(outbox, input)))
        {
            var inHand = await first.TakeAsync(count);
            await using var second = new RunningConsumer(Consumer(otherOutbox, input));
            await Eventually.HoldsAsync(() => first.Consumer.AssignedPartitions == 2 && second.Consumer.AssignedPartitions == 2, "each has its share");
            var ending = EndAllAsync(second, otherOutbox, output);
            foreach (var record in inHand)
                if (!await TryEndAsync(outbox, record, output)) abandoned++;
            await Eventually.HoldsAsync(
                () => CommittedRecords.Offsets(Settings.BootstrapServers, input, Partitions, input) == count, "all offsets are committed");
            await second.StopAsync();
            await ending;
        }

        AssertEachOnce(count, output);
        Assert.InRange(abandoned, 1, count - 1);
    }

    [Fact]
    public async Task WriteAsync_LargerThanTheLimit_IsRefusedAndTheRecordStaysInHand()
    {
        var (input, output) = await TopicsAsync("large", partitions: 1);
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(input, 1);
        using var outbox = Outbox();
        await using var running = new RunningConsumer(Consumer(outbox, input));
        var record = (await running.TakeAsync(1))[0];
        var large = new OutgoingRecord(output, null, new byte[100_000], []) { Input = record.Position };

        var refused = await Assert.ThrowsAsync<RecordNotWrittenException>(() => outbox.WriteAsync(large, Cancellation));
        Assert.True(refused.TooLarge);
        await EndAsync(outbox, record, output);
        Assert.Equal(["0"], CommittedRecords.Of(Settings.BootstrapServers, output, 1));
    }

    [Fact]
    public async Task RunAsync_StaticMemberComesBack_KeepsItsPartitionsAndStoresEveryOffset()
    {
        const int count = 100;
        var (input, output) = await TopicsAsync("static");
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(input, count);
        for (var run = 0; run < 2; run++)
        {
            using var outbox = Outbox();
            await using var running = new RunningConsumer(Consumer(outbox, input, member: "one"));
            var records = await running.TakeAsync(count / 2);
            await Task.WhenAll(records.Select(r => TryEndAsync(outbox, r, output)));
        }

        var seen = CommittedRecords.Of(Settings.BootstrapServers, output, Partitions);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(seen.Count, CommittedRecords.Offsets(Settings.BootstrapServers, input, Partitions, input));
    }

    private void AssertEachOnce(int count, string topic)
    {
        var seen = CommittedRecords.Of(Settings.BootstrapServers, topic, Partitions).Select(int.Parse).Order();
        Assert.Equal(Enumerable.Range(0, count), seen);
    }

    private TransactionalOutbox Outbox() => new(Settings, KafkaHarness.Metrics(), NullLogger<TransactionalOutbox>.Instance);

    private KafkaRecordConsumer Consumer(TransactionalOutbox outbox, string topic, string? member = null) => new(
        Settings,
        new ConsumerSubscription { Group = topic, Topics = [topic], MaxBufferedRecords = 1_000, Outbox = outbox, StaticMember = member },
        KafkaHarness.Metrics(),
        TimeProvider.System,
        NullLogger<KafkaRecordConsumer>.Instance);

    private static Task<RecordPosition> EndAsync(TransactionalOutbox outbox, ReceivedRecord record, string topic) =>
        outbox.WriteAsync(new OutgoingRecord(topic, record.Key, record.Value, []) { Input = record.Position }, Cancellation);

    private static async Task<bool> TryEndAsync(TransactionalOutbox outbox, ReceivedRecord record, string topic)
    {
        try
        {
            await EndAsync(outbox, record, topic);
            return true;
        }
        catch (RecordAbandonedException)
        {
            return false;
        }
    }

    private static async Task EndAllAsync(RunningConsumer running, TransactionalOutbox outbox, string topic)
    {
        var ending = new List<Task>();
        await foreach (var record in running.Consumer.Records.ReadAllAsync(Cancellation)) ending.Add(TryEndAsync(outbox, record, topic));
        await Task.WhenAll(ending);
    }

    private async Task<(string Input, string Output)> TopicsAsync(string name, int partitions = Partitions)
    {
        var admin = new TopicAdmin(Settings, TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        var (input, output) = ($"{name}.in", $"{name}.out");
        Assert.Empty(await admin.EnsureAsync([new TopicSpecification(input, partitions, null), new TopicSpecification(output, partitions, null)], Cancellation));
        return (input, output);
    }
}
