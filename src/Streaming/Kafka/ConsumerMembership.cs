using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>Being a member of a consumer group for as long as some work takes.</summary>
public static class ConsumerMembership
{
    /// <summary>Joins the group, does the work while the consumer polls, and leaves the group when the work has ended or failed.</summary>
    /// <param name="consumers">Makes the consumer.</param>
    /// <param name="subscription">Group and topics.</param>
    /// <param name="work">Takes records, and completes them.</param>
    /// <param name="cancellation">Ends the polling, and with it the records.</param>
    public static async Task FollowAsync(
        this IRecordConsumerFactory consumers, ConsumerSubscription subscription, Func<IRecordConsumer, Task> work,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(consumers);
        ArgumentNullException.ThrowIfNull(work);
        await using var consumer = consumers.Create(subscription);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var polling = consumer.RunAsync(ended.Token);
        try
        {
            await work(consumer);
        }
        finally
        {
            await ended.CancelAsync();
            await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Joins the group, deals with one record after the other, completing each once it is dealt with, and leaves the group.</summary>
    /// <param name="consumers">Makes the consumer.</param>
    /// <param name="subscription">Group and topics.</param>
    /// <param name="deal">Deals with a record; where it fails the record is not completed, and the failure ends the membership.</param>
    /// <param name="cancellation">Ends the polling, and with it the records.</param>
    public static Task FollowEachAsync(
        this IRecordConsumerFactory consumers, ConsumerSubscription subscription, Func<ReceivedRecord, CancellationToken, Task> deal,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(deal);
        return consumers.FollowAsync(subscription, DealWithAllAsync, cancellation);

        async Task DealWithAllAsync(IRecordConsumer consumer)
        {
            await foreach (var record in consumer.Records.ReadAllAsync(cancellation))
            {
                await deal(record, cancellation);
                consumer.Complete(record.Position);
            }
        }
    }
}
