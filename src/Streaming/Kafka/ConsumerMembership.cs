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
}
