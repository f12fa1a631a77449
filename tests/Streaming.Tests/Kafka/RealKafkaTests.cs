using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using TopicSpecification = MoodStream.Contracts.TopicSpecification;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>What the embedded Kafka cannot show: administration, transaction markers and real retention, on the production profile.</summary>
[Collection(RealKafkaShared.Name)]
public sealed class RealKafkaTests(RealKafkaFixture kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private KafkaSettings Settings => kafka.Settings with { DrainTime = TimeSpan.FromMilliseconds(50), MetadataInterval = TimeSpan.FromMilliseconds(500) };

    [Fact]
    public async Task EnsureAsync_EmptyBroker_CreatesEveryTopicAndFindsNothingWrong()
    {
        var admin = new TopicAdmin(Settings, TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        Assert.Empty(await admin.EnsureAsync(Topics.All, Cancellation));
        Assert.Empty(await admin.EnsureAsync(Topics.All, Cancellation));

        var demanding = new TopicAdmin(Settings with { MaxMessageBytes = 5_000_000 }, TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        var findings = await demanding.VerifyAsync(Topics.All, Cancellation);
        Assert.Equal(Topics.All.Count, findings.Count);
        Assert.All(findings, f => Assert.Contains("takes records up to 1048576 bytes", f.Problem, StringComparison.Ordinal));
        Assert.All(findings, f => Assert.True(f.Blocks));
    }

    [Fact]
    public async Task Records_TransactionMarkersBetweenThem_AreNotToldAsLoss()
    {
        var topic = await NewTopicAsync("markers");
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = Settings.BootstrapServers, TransactionalId = "test" }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 5; i++)
        {
            producer.BeginTransaction();
            await producer.ProduceAsync(topic, new() { Value = [(byte)i] }, Cancellation);
            await producer.ProduceAsync(topic, new() { Value = [(byte)i] }, Cancellation);
            if (i == 2) producer.AbortTransaction();
            else producer.CommitTransaction();
        }

        await using var running = new RunningConsumer(KafkaHarness.Consumer(Settings, topic));
        var read = await running.TakeAsync(8);
        Assert.Equal([0, 0, 1, 1, 3, 3, 4, 4], read.Select(r => (int)r.Value![0]));
        Assert.Equal([0, 1, 3, 4, 9, 10, 12, 13], read.Select(r => r.Position.Offset));
        Assert.Equal(0, running.Consumer.LostRecords);
    }

    [Fact]
    public async Task Records_RetentionWasFaster_LossIsTold()
    {
        var topic = await NewTopicAsync("retention");
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(topic, 100);
        await using (var first = new RunningConsumer(KafkaHarness.Consumer(Settings, topic, group: topic)))
            foreach (var record in await first.TakeAsync(10)) first.Consumer.Complete(record.Position);

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Settings.BootstrapServers }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, 0, 50)]);
        await using var second = new RunningConsumer(KafkaHarness.Consumer(Settings, topic, group: topic));
        Assert.Equal(50, (await second.TakeAsync(50))[0].Number());
        Assert.Equal(40, second.Consumer.LostRecords);
    }

    [Fact]
    public async Task RunAsync_SecondMemberJoins_NothingIsLostAndAllIsCommitted()
    {
        const int partitions = 4, count = 1_000;
        var topic = await NewTopicAsync("rebalance", partitions);
        using var producer = KafkaHarness.Producer(Settings);
        await producer.WriteAsync(topic, count / 2);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();
        await using (var first = new RunningConsumer(KafkaHarness.Consumer(Settings, topic, group: topic)))
        await using (var second = new RunningConsumer(KafkaHarness.Consumer(Settings, topic, group: topic)))
        {
            first.CompleteAll(r => seen[r.Number()] = true);
            second.CompleteAll(r => seen[r.Number()] = true);
            await TestKit.Eventually.HoldsAsync(() => first.Consumer.AssignedPartitions == 2 && second.Consumer.AssignedPartitions == 2, "each has its share");
            await producer.WriteAsync(topic, count / 2, from: count / 2);
            await TestKit.Eventually.HoldsAsync(() => seen.Count == count, "all records are read");
        }

        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = Settings.BootstrapServers, GroupId = topic }).Build();
        var committed = client.Committed(Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p)), TimeSpan.FromSeconds(10));
        Assert.Equal(count, committed.Sum(o => o.Offset.Value));
    }

    private async Task<string> NewTopicAsync(string name, int partitions = 1)
    {
        var admin = new TopicAdmin(Settings, TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        Assert.Empty(await admin.EnsureAsync([new TopicSpecification(name, partitions, null)], Cancellation));
        return name;
    }
}
