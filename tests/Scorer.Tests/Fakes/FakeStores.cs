using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using MoodStream.Contracts;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Statistics;

namespace MoodStream.ScorerTests.Fakes;

/// <summary>An image store in memory; references are hashes of the bytes.</summary>
internal sealed class FakeImageStore : IImageStore
{
    private readonly ConcurrentDictionary<string, byte[]> _images = new();
    private int _reading;

    public int Count => _images.Count;

    /// <summary>Thrown by every call.</summary>
    public IOException? Failure { get; set; }

    /// <summary>Awaited before bytes are stored.</summary>
    public Func<byte[], Task>? BeforePut { get; set; }

    /// <summary>Awaited before bytes are read; gets the number of reads under way.</summary>
    public Func<int, Task>? BeforeRead { get; set; }

    public static string ReferenceOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public byte[] this[string reference] => _images[reference];

    public string Keep(byte[] bytes)
    {
        var reference = ReferenceOf(bytes);
        _images[reference] = bytes;
        return reference;
    }

    public async Task<string> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (Failure is not null) throw Failure;
        if (BeforePut is { } before) await before(bytes.ToArray());
        return Keep(bytes.ToArray());
    }

    public async Task<ImageStoreRead> ReadAsync(string reference, long maxBytes, CancellationToken cancellation)
    {
        if (Failure is not null) throw Failure;
        var under = Interlocked.Increment(ref _reading);
        if (BeforeRead is { } before) await before(under);
        Interlocked.Decrement(ref _reading);
        if (reference.Contains("..", StringComparison.Ordinal)) return new(null, ImageStoreFault.Refused);
        if (!_images.TryGetValue(reference, out var bytes)) return new(null, ImageStoreFault.NotFound);
        return bytes.Length > maxBytes ? new(null, ImageStoreFault.TooManyBytes) : new(bytes, null);
    }
}

/// <summary>Statistics in memory; the active version is what the test says.</summary>
internal sealed class FakeStatisticsStore : IStatisticsStore
{
    private readonly ConcurrentDictionary<(string Gate, long Version), byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, Channel<Glance>> _changes = new();
    private int _begun, _told;
    private long _epoch;

    /// <summary>Changes that a watcher has been called with; each call has returned its task.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>Changes that a watcher has dealt with.</summary>
    public int Told => Volatile.Read(ref _told);

    /// <summary>Thrown by reading a blob.</summary>
    public Exception? Failure { get; set; }

    public void Activate(string gate, long version, byte[]? blob)
    {
        if (blob is not null) _blobs[(gate, version)] = blob;
        Change(gate, new(version, Interlocked.Increment(ref _epoch), DateTimeOffset.UnixEpoch));
    }

    public void Deactivate(string gate) => Change(gate, null);

    /// <summary>Headers by version; a version without one is of a time before headers.</summary>
    public ConcurrentDictionary<(string Gate, long Version), StatisticsVersion> Headers { get; } = new();

    public Task<long> PublishAsync(string gate, ReadOnlyMemory<byte> blob, StatisticsVersion header, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<StatisticsActivated> ActivateAsync(string gate, long version, string by, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<StatisticsActivated?> TryActivateAsync(string gate, Activation activation, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<StatisticsActivated?> RollBackAsync(string gate, string by, string? reason, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<ActiveStatistics?> ReadActiveAsync(string gate, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<StatisticsVersion?> ReadHeaderAsync(string gate, long version, CancellationToken cancellation) =>
        Task.FromResult(Headers.GetValueOrDefault((gate, version)));

    public Task<IReadOnlyList<KeptVersion>> ListVersionsAsync(string gate, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> ListGatesAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<StatisticsVersion> ApproveAsync(string gate, long version, StatisticsApproval approval, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<bool> DeleteAsync(string gate, long version, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> RestoreAsync(string gate, KeptVersion version, ReadOnlyMemory<byte> blob, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<bool> RestoreHistoryAsync(string gate, IReadOnlyList<StatisticsActivated> newestFirst, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<StatisticsActivated>> ReadHistoryAsync(string gate, int most, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<byte[]?> ReadBlobAsync(string gate, long version, CancellationToken cancellation) =>
        Failure is null ? Task.FromResult(_blobs.GetValueOrDefault((gate, version))) : Task.FromException<byte[]?>(Failure);

    /// <summary>Tells watchers of a gate that the registry answered, or did not, without a change.</summary>
    public void Look(string gate, bool confirmed) => Assert.True(Of(gate).Writer.TryWrite(new(null, confirmed)));

    public async Task WatchAsync(
        string gate, Func<ActiveStatistics?, CancellationToken, Task> changed, Action<bool> looked, CancellationToken cancellation)
    {
        var looks = Of(gate).Reader;
        await TellAsync(looks.TryRead(out var first) && first.Change is { } change ? change.Active : null);
        await foreach (var look in looks.ReadAllAsync(cancellation))
        {
            if (look.Change is { } next) await TellAsync(next.Active);
            else looked(look.Confirmed);
        }

        async Task TellAsync(ActiveStatistics? active)
        {
            var telling = changed(active, cancellation);
            Interlocked.Increment(ref _begun);
            await telling;
            looked(active is not null);
            Interlocked.Increment(ref _told);
        }
    }

    private void Change(string gate, ActiveStatistics? active) => Assert.True(Of(gate).Writer.TryWrite(new(new(active), false)));

    private Channel<Glance> Of(string gate) => _changes.GetOrAdd(gate, _ => Channel.CreateUnbounded<Glance>());

    private sealed record Changed(ActiveStatistics? Active);

    private sealed record Glance(Changed? Change, bool Confirmed);
}
