using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>A consumer that runs until it is disposed of.</summary>
internal sealed class RunningConsumer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private Task _completing = Task.CompletedTask;

    public RunningConsumer(KafkaRecordConsumer consumer)
    {
        Consumer = consumer;
        _running = consumer.RunAsync(_stop.Token);
    }

    public KafkaRecordConsumer Consumer { get; }

    /// <summary>Takes so many records; they stay in flight.</summary>
    public async Task<List<ReceivedRecord>> TakeAsync(int count)
    {
        var records = new List<ReceivedRecord>(count);
        while (records.Count < count) records.Add(await Consumer.Records.ReadAsync(TestContext.Current.CancellationToken));
        return records;
    }

    /// <summary>Takes and completes whatever comes, from now on.</summary>
    public void CompleteAll(Action<ReceivedRecord> seen) => _completing = Task.Run(async () =>
    {
        await foreach (var record in Consumer.Records.ReadAllAsync())
        {
            seen(record);
            Consumer.Complete(record.Position);
        }
    });

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _completing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Consumer.DisposeAsync();
        _stop.Dispose();
    }
}
