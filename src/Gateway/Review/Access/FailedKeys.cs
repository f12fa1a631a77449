using System.Collections.Concurrent;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Locks an address out that has tried too many wrong keys.</summary>
/// <remarks>Of this gateway alone. Thread-safety: any thread.</remarks>
internal sealed class FailedKeys(TimeProvider clock)
{
    /// <summary>Wrong keys within <see cref="Window"/> after which an address is locked out.</summary>
    public const int Most = 10;

    /// <summary>How long wrong keys are remembered, and so how long the lock-out lasts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int MostAddresses = 10_000;
    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset First)> _failures = new();

    /// <summary>Whether an address is locked out.</summary>
    public bool Locked(string address) =>
        _failures.TryGetValue(address, out var seen) && seen.Count >= Most && clock.GetUtcNow() - seen.First < Window;

    /// <summary>A wrong key came from an address.</summary>
    public void Add(string address)
    {
        var now = clock.GetUtcNow();
        // Whoever sends from many addresses must not fill the memory; those that are over are forgotten first.
        if (_failures.Count >= MostAddresses)
            foreach (var (old, seen) in _failures)
                if (now - seen.First >= Window) _failures.TryRemove(old, out _);
        _failures.AddOrUpdate(address, _ => (1, now), (_, seen) => now - seen.First >= Window ? (1, now) : (seen.Count + 1, seen.First));
    }
}
