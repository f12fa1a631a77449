using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Live;

/// <summary>Opens the consumer of the live feed: accepted, review and dead letters, in a group of this instance alone.</summary>
internal interface ILiveConsumers
{
    /// <summary>A new consumer, which the caller runs and disposes.</summary>
    IRecordConsumer Open();
}

/// <summary>Reads one record again, by its position.</summary>
internal interface IRecordReader
{
    /// <summary>The record; null where the topic no longer keeps it.</summary>
    /// <exception cref="IOException">The broker did not answer.</exception>
    Task<ReceivedRecord?> ReadAsync(RecordPosition position, CancellationToken cancellation);
}
