using System.Threading.Channels;

namespace MoodStream.Streaming.Records;

/// <summary>Reads records of one or more topics as a member of a consumer group, on a poll thread of its own.</summary>
/// <remarks>
/// Called: one reader takes from <see cref="Records"/>; any thread completes.
/// Done means: a completed record, and every earlier one of its partition, may be committed.
/// Order: kept per partition in <see cref="Records"/>. Repeats: whatever was not committed is delivered again.
/// Backpressure: when <see cref="Records"/> is full the partitions are paused; polling goes on, nothing is dropped.
/// On revocation: records in hand are waited for up to the drain time, then abandoned: their completion is ignored.
/// </remarks>
public interface IRecordConsumer : IAsyncDisposable
{
    /// <summary>Records read and not yet taken. Completes when the consumer has stopped; faults on a fatal error.</summary>
    ChannelReader<ReceivedRecord> Records { get; }

    /// <summary>Whether at least one partition is assigned.</summary>
    bool Assigned { get; }

    /// <summary>How far the work is; from any thread.</summary>
    ConsumerProgress Progress { get; }

    /// <summary>Says that a record has ended somewhere (output acknowledged), so that the offset may move past it.</summary>
    void Complete(RecordPosition position);

    /// <summary>
    /// Counts a record that is kept until its output is acknowledged among those that wait to be taken, so that one bound of bytes holds
    /// for all; beyond it no more is read. Nobody waits here.
    /// </summary>
    void Hold(ReceivedRecord record);

    /// <summary>The record is kept no longer: called once for each <see cref="Hold"/>, whatever became of it, before its value is given back.</summary>
    void LetGo(ReceivedRecord record);

    /// <summary>Whether the record's partition still belongs to this consumer under the assignment it was read with.</summary>
    bool Owns(RecordPosition position);

    /// <summary>Joins the group and polls until the token is cancelled; then drains, commits and leaves the group.</summary>
    Task RunAsync(CancellationToken stopping);
}
