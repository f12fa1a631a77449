using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using MoodStream.Streaming.Batching;
using MoodStream.Streaming.Records;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Kafka;

public sealed class ChaosTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private const int Partitions = 4, Count = 3_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Pipeline_SinkFailsAtRandom_LosesNothing(int seed)
    {
        var (input, output) = (kafka.NewTopic(Partitions), kafka.NewTopic(Partitions));
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(input, Count);
        var sink = new FailingSink(producer, output, new Random(seed));

        // Anything unforeseen stops the loop; a new one takes up what was not committed.
        var lives = 0;
        while (kafka.Committed(input, Partitions, group: input).Values.Sum() < Count)
        {
            lives++;
            await LiveAsync(input, sink);
        }

        Assert.True(lives > 1, "the sink never failed");
        var written = await ReadAllAsync(output);
        Assert.Equal(Enumerable.Range(0, Count), written.Distinct().Order());
    }

    /// <summary>One life of a service: until the sink fails, or all input is committed.</summary>
    private async Task LiveAsync(string input, FailingSink sink)
    {
        await using var consumer = KafkaHarness.Consumer(kafka.Settings with { DrainTime = TimeSpan.FromMilliseconds(50) }, input, group: input, buffered: 64);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = consumer.RunAsync(stop.Token);
        try
        {
            var batches = new BatchCollector<ReceivedRecord>(new BatchPolicy { MaxCount = 16, MaxAge = TimeSpan.FromMilliseconds(5) }, TimeProvider.System);
            await foreach (var batch in batches.CollectAsync(consumer.Records, stop.Token))
            {
                // Out of order on purpose: the watermark, not the order of completion, guards the offset.
                await Task.WhenAll(batch.Items.Select(async record =>
                {
                    await sink.WriteAsync(record, stop.Token);
                    consumer.Complete(record.Position);
                }));
                if (sink.Written >= Count) break;
            }
        }
        catch (IOException)
        {
            // The sink failed: this life is over.
        }

        await stop.CancelAsync();
        await running;
    }

    private async Task<List<int>> ReadAllAsync(string topic)
    {
        var end = kafka.Ends(topic, Partitions).Values.Sum();
        using var reader = kafka.Reader(topic, Partitions);
        return await Task.Run(() =>
        {
            var numbers = new List<int>();
            while (numbers.Count < end)
                numbers.Add(int.Parse(Encoding.UTF8.GetString(reader.Consume(TestContext.Current.CancellationToken).Message.Value), CultureInfo.InvariantCulture));
            return numbers;
        });
    }

    private sealed class FailingSink(IRecordProducer producer, string topic, Random chance)
    {
        private readonly ConcurrentDictionary<int, bool> _written = new();

        public int Written => _written.Count;

        public async Task WriteAsync(ReceivedRecord record, CancellationToken cancellation)
        {
            bool fails;
            lock (chance) fails = chance.Next(400) == 0;
            if (fails) throw new IOException("the sink fails");
            await producer.WriteAsync(new OutgoingRecord(topic, record.Key, record.Value, record.Headers), cancellation);
            _written[record.Number()] = true;
        }
    }
}
