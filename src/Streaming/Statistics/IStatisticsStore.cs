using MoodStream.Contracts;

namespace MoodStream.Streaming.Statistics;

/// <summary>Which statistics version of a gate is active.</summary>
/// <param name="Version">The version.</param>
/// <param name="Epoch">Rises with every activation, roll-backs included.</param>
/// <param name="At">When it was activated, UTC.</param>
public readonly record struct ActiveStatistics(long Version, long Epoch, DateTimeOffset At);

/// <summary>Immutable statistics versions of each gate, and which one is active.</summary>
public interface IStatisticsStore
{
    /// <summary>Stores a blob as the gate's next version; it is not active yet.</summary>
    Task<long> PublishAsync(string gate, ReadOnlyMemory<byte> blob, CancellationToken cancellation);

    /// <summary>Makes a stored version the active one, atomically, and announces it.</summary>
    /// <exception cref="KeyNotFoundException">The gate has no such version.</exception>
    Task<StatisticsActivated> ActivateAsync(string gate, long version, string by, CancellationToken cancellation);

    /// <summary>The active version; null where the gate has none.</summary>
    Task<ActiveStatistics?> ReadActiveAsync(string gate, CancellationToken cancellation);

    /// <summary>The blob of a version; null where there is none.</summary>
    Task<byte[]?> ReadBlobAsync(string gate, long version, CancellationToken cancellation);

    /// <summary>
    /// Calls back with the active statistics once at the start and after every change of the epoch, until cancelled.
    /// Learns of a change by pub/sub and by polling, since pub/sub alone may lose it.
    /// </summary>
    Task WatchAsync(string gate, Func<ActiveStatistics?, CancellationToken, Task> changed, CancellationToken cancellation);
}
