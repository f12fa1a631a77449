using MoodStream.Contracts;

namespace MoodStream.Streaming.Statistics;

/// <summary>Which statistics version of a gate is active.</summary>
/// <param name="Version">The version.</param>
/// <param name="Epoch">Rises with every activation, roll-backs included.</param>
/// <param name="At">When it was activated, UTC.</param>
public readonly record struct ActiveStatistics(long Version, long Epoch, DateTimeOffset At);

/// <summary>A version that the registry keeps.</summary>
/// <param name="Version">The version.</param>
/// <param name="Header">What it is; null for a version of a time before headers.</param>
public sealed record KeptVersion(long Version, StatisticsVersion? Header);

/// <summary>What is to become the active version, and for whom.</summary>
/// <param name="Version">The version.</param>
/// <param name="By">Who activates it: a service or a person.</param>
/// <param name="Reason">Why; null where nothing is to be said.</param>
public sealed record Activation(long Version, string By, string? Reason = null)
{
    /// <summary>
    /// The epoch that the decision was made at, 0 for none: where another activation has taken place since, nothing is activated.
    /// Null: whatever is active is replaced.
    /// </summary>
    public long? IfEpoch { get; init; }
}

/// <summary>The registry: immutable statistics versions of each gate, what is known of them, and which one is active.</summary>
public interface IStatisticsStore
{
    /// <summary>Stores a blob and its header as the gate's next version, both or neither; it is not active yet.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="blob">The statistics file.</param>
    /// <param name="header">A draft: gate, version and the blob's hash are written by the registry.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The version.</returns>
    /// <remarks>Versions beyond those the settings keep are removed afterwards.</remarks>
    Task<long> PublishAsync(
        string gate, ReadOnlyMemory<byte> blob, StatisticsVersion header, CancellationToken cancellation);

    /// <summary>Makes a stored version the active one, atomically, and announces it.</summary>
    /// <exception cref="KeyNotFoundException">The gate has no such version.</exception>
    Task<StatisticsActivated> ActivateAsync(string gate, long version, string by, CancellationToken cancellation);

    /// <summary>Makes a stored version the active one, atomically, and announces it, unless its condition no longer holds.</summary>
    /// <returns>The activation; null where <see cref="Activation.IfEpoch"/> is no longer the epoch, and nothing was changed.</returns>
    /// <exception cref="KeyNotFoundException">The gate has no such version.</exception>
    Task<StatisticsActivated?> TryActivateAsync(string gate, Activation activation, CancellationToken cancellation);

    /// <summary>
    /// Activates, in one step, the version that was active before the present one. Versions that were rolled back from are not
    /// returned to: several roll-backs go further and further back.
    /// </summary>
    /// <returns>The activation; null where no version was active before, or none of those is kept any more.</returns>
    /// <exception cref="InvalidOperationException">Somebody else changed the active version meanwhile; nothing was changed.</exception>
    Task<StatisticsActivated?> RollBackAsync(string gate, string by, string? reason, CancellationToken cancellation);

    /// <summary>The active version; null where the gate has none.</summary>
    Task<ActiveStatistics?> ReadActiveAsync(string gate, CancellationToken cancellation);

    /// <summary>The blob of a version; null where there is none.</summary>
    Task<byte[]?> ReadBlobAsync(string gate, long version, CancellationToken cancellation);

    /// <summary>The header of a version; null where the version is missing, or of a time before headers.</summary>
    /// <exception cref="InvalidDataException">What is kept there is no header of that version.</exception>
    Task<StatisticsVersion?> ReadHeaderAsync(string gate, long version, CancellationToken cancellation);

    /// <summary>Versions that are kept, newest first.</summary>
    /// <exception cref="InvalidDataException">A header is damaged.</exception>
    Task<IReadOnlyList<KeptVersion>> ListVersionsAsync(string gate, CancellationToken cancellation);

    /// <summary>Gates that have, or had, statistics; by name.</summary>
    Task<IReadOnlyList<string>> ListGatesAsync(CancellationToken cancellation);

    /// <summary>Writes into the header of a version that a person approves it; whether it is active stays as it is.</summary>
    /// <returns>The header as it is now.</returns>
    /// <exception cref="KeyNotFoundException">The gate has no such version, or the version has no header.</exception>
    Task<StatisticsVersion> ApproveAsync(
        string gate, long version, StatisticsApproval approval, CancellationToken cancellation);

    /// <summary>Removes a version that is not active.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidOperationException">The version is active.</exception>
    Task<bool> DeleteAsync(string gate, long version, CancellationToken cancellation);

    /// <summary>Puts back a version that was kept elsewhere, under its own number; it is not active yet.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="version">The version and its header, where it has one.</param>
    /// <param name="blob">The statistics file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it was put back; false where it was there, byte for byte.</returns>
    /// <exception cref="InvalidOperationException">Another version has that number.</exception>
    /// <remarks>The numbers up to this one are not given out again. What the settings keep is left to the next publication.</remarks>
    Task<bool> RestoreAsync(string gate, KeptVersion version, ReadOnlyMemory<byte> blob, CancellationToken cancellation);

    /// <summary>Puts back a gate's activations, where it has none.</summary>
    /// <returns>Whether they were put back.</returns>
    Task<bool> RestoreHistoryAsync(
        string gate, IReadOnlyList<StatisticsActivated> newestFirst, CancellationToken cancellation);

    /// <summary>The gate's activations, newest first.</summary>
    Task<IReadOnlyList<StatisticsActivated>> ReadHistoryAsync(string gate, int most, CancellationToken cancellation);

    /// <summary>
    /// Calls back with the active statistics once at the start and after every change of the epoch, until cancelled.
    /// Learns of a change by pub/sub and by polling, since pub/sub alone may lose it.
    /// </summary>
    /// <param name="gate">The gate.</param>
    /// <param name="changed">Told of the active statistics; null where there are none.</param>
    /// <param name="looked">
    /// Told after every look, at each poll at the least: whether the registry answered and names active statistics, those told last.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    Task WatchAsync(
        string gate, Func<ActiveStatistics?, CancellationToken, Task> changed, Action<bool> looked, CancellationToken cancellation);
}
