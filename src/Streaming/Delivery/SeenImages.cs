namespace MoodStream.Streaming.Delivery;

/// <summary>
/// Tells a consumer which records repeat an image that it has had, by image id: what at-least-once delivers twice is worked on once.
/// </summary>
/// <param name="capacity">How many of the newest ids are remembered; at least 1. An id takes about 200 bytes.</param>
/// <remarks>
/// The window is bounded: a repeat that comes more than <paramref name="capacity"/> other images later is taken for new. Repeats follow
/// a crash or a rebalance, and lie no further apart than what was in flight then, so that the default is ample. It is empty after a
/// restart: a consumer that must not repeat its own effects keeps the id with them, under a unique key.
/// Thread-safety: every member may be called from any thread.
/// </remarks>
public sealed class SeenImages(int capacity = SeenImages.DefaultCapacity)
{
    /// <summary>Ids remembered unless told otherwise: many times what scorers have in flight.</summary>
    public const int DefaultCapacity = 100_000;

    private readonly int _capacity = capacity >= 1
        ? capacity
        : throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "At least one id is remembered.");

    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Takes note of an image.</summary>
    /// <param name="imageId">Its id, as the header <c>ce_id</c> has it.</param>
    /// <returns>True the first time, false for a repeat inside the window.</returns>
    public bool IsFirst(string imageId)
    {
        ArgumentNullException.ThrowIfNull(imageId);
        lock (_gate)
        {
            if (!_ids.Add(imageId)) return false;
            _order.Enqueue(imageId);
            if (_order.Count > _capacity) _ids.Remove(_order.Dequeue());
            return true;
        }
    }
}
