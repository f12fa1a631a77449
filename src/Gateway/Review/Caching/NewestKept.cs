namespace MoodStream.Gateway.Review.Caching;

/// <summary>Values by key, the newest so many; beyond them the oldest is forgotten. A key is kept once, with its first value.</summary>
/// <remarks>Thread-safety: any thread.</remarks>
internal sealed class NewestKept<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, TValue> _byKey = [];
    private readonly Queue<TKey> _oldestFirst = [];

    /// <summary>Keeps a value, unless its key has one.</summary>
    public void Add(TKey key, TValue value)
    {
        lock (_lock)
        {
            if (!_byKey.TryAdd(key, value)) return;
            _oldestFirst.Enqueue(key);
            if (_oldestFirst.Count > most) _byKey.Remove(_oldestFirst.Dequeue());
        }
    }

    /// <summary>The value of a key, if it is kept.</summary>
    public bool TryGet(TKey key, out TValue? value)
    {
        lock (_lock) return _byKey.TryGetValue(key, out value);
    }

    /// <summary>The values that are kept and match, the oldest first.</summary>
    public IReadOnlyList<TValue> Where(Func<TValue, bool> matches)
    {
        lock (_lock) return [.. _oldestFirst.Select(key => _byKey[key]).Where(matches)];
    }
}
