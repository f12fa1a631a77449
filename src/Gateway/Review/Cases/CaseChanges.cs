using System.Threading.Channels;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>What a change of a case tells those who watch; nothing that a blind reviewer must not know.</summary>
/// <param name="Gate">Gate.</param>
/// <param name="CaseId">Case.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="Event">What happened.</param>
internal sealed record CaseChange(string Gate, string CaseId, CaseState State, string Event);

/// <summary>Tells everyone who watches of the changes that this gateway makes.</summary>
/// <remarks>A hint only: a watcher that reads too slowly misses the oldest, and other gateways' changes are not told.</remarks>
internal sealed class CaseChanges
{
    private const int Waiting = 256;
    private readonly Lock _lock = new();
    private readonly List<Channel<CaseChange>> _watchers = [];

    /// <summary>Tells of a step.</summary>
    public void Tell(CaseStep step)
    {
        if (step.After is not { } after || step.Event is not { } what || what == CaseEvents.Extended) return;
        var change = new CaseChange(after.Gate, after.CaseId, after.State, what);
        lock (_lock)
        {
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(change);
        }
    }

    /// <summary>All changes from now on, until cancelled.</summary>
    public async IAsyncEnumerable<CaseChange> WatchAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var watcher = Channel.CreateBounded<CaseChange>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock) _watchers.Add(watcher);
        try
        {
            await foreach (var change in watcher.Reader.ReadAllAsync(cancellation)) yield return change;
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
        }
    }
}
