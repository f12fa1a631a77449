using MoodStream.Contracts;

namespace MoodStream.Trainer.Drift;

/// <summary>
/// Brings images of two topics into the order in which they were scored. A monitor that saw all accepted images first and those for
/// review after them would see drift where there is none.
/// </summary>
/// <param name="hold">How long an image waits for earlier ones.</param>
internal sealed class ScoredOrder(TimeSpan hold)
{
    private readonly PriorityQueue<ImageScored, (DateTimeOffset At, string Id)> _waiting = new();

    /// <summary>Images that wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Takes an image.</summary>
    public void Add(ImageScored image) => _waiting.Enqueue(image, (image.ScoredAt, image.ImageId));

    /// <summary>The images that have waited long enough, in order.</summary>
    /// <param name="now">The time, UTC.</param>
    public IEnumerable<ImageScored> Due(DateTimeOffset now)
    {
        while (_waiting.TryPeek(out var image, out var order) && order.At <= now - hold)
        {
            _waiting.Dequeue();
            yield return image;
        }
    }
}
