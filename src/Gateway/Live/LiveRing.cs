namespace MoodStream.Gateway.Live;

/// <summary>The newest results, at most so many, each image id once.</summary>
/// <remarks>
/// Order: by arrival. Repeats: a repeated image id replaces the earlier entry in its place, since redelivery is no news.
/// Thread-safety: any thread.
/// </remarks>
internal sealed class LiveRing(int capacity)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<LiveResult> _newestFirst = [];
    private readonly Dictionary<string, LinkedListNode<LiveResult>> _byId = [];
    private long _sequence;

    /// <summary>Adds a result and gives it its sequence number.</summary>
    /// <returns>The result as it is kept, and whether its image id is new.</returns>
    public (LiveResult Kept, bool IsNew) Add(LiveResult result)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(result.ImageId, out var known))
                return (known.Value = result with { Sequence = known.Value.Sequence }, false);
            var kept = result with { Sequence = ++_sequence };
            _byId.Add(kept.ImageId, _newestFirst.AddFirst(kept));
            if (_newestFirst.Count > capacity)
            {
                _byId.Remove(_newestFirst.Last!.Value.ImageId);
                _newestFirst.RemoveLast();
            }
            return (kept, true);
        }
    }

    /// <summary>The result of an image id; null where it is not among the newest.</summary>
    public LiveResult? Find(string imageId)
    {
        lock (_gate) return _byId.GetValueOrDefault(imageId)?.Value;
    }

    /// <summary>The newest results that match, newest first.</summary>
    /// <param name="verdict">Only these; null for all.</param>
    /// <param name="source">Only of this source; null for all.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<LiveResult> Newest(LiveVerdict? verdict, string? source, int limit)
    {
        lock (_gate)
        {
            return [.. _newestFirst
                .Where(r => (verdict is null || r.Verdict == verdict) && (source is null || r.Source == source))
                .Take(limit)];
        }
    }
}
