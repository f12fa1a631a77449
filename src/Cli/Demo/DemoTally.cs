using System.Collections.Concurrent;
using MoodStream.Contracts;

namespace MoodStream.Cli.Demo;

/// <summary>What became of one image that the demo put in.</summary>
internal sealed class DemoImage(TrafficImage traffic, float[]? pixels, long sentAt)
{
    public TrafficImage Traffic { get; } = traffic;

    /// <summary>Pooled pixels for the floor; null where the image cannot be decoded.</summary>
    public float[]? Pixels { get; } = pixels;

    public long SentAt { get; } = sentAt;

    /// <summary>Topic it ended in; null while it is on its way.</summary>
    public string? EndedIn { get; set; }

    public ImageScored? Result { get; set; }

    public TimeSpan Latency { get; set; }
}

/// <summary>Books every image that the demo puts in and every output that comes back: what was lost, what came twice.</summary>
/// <remarks>Thread-safety: every member may be called from any thread.</remarks>
internal sealed class DemoTally(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DemoImage> _images = new();
    private int _ended, _duplicates, _foreign;

    public IReadOnlyCollection<DemoImage> Images => [.. _images.Values];

    /// <summary>Images put in.</summary>
    public int In => _images.Count;

    /// <summary>Images that have ended somewhere.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Outputs for images that had ended already.</summary>
    public int Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Outputs for images that other clients put in.</summary>
    public int Foreign => Volatile.Read(ref _foreign);

    /// <summary>Images on their way.</summary>
    public int Outstanding => In - Ended;

    /// <summary>Books an image before it is put in.</summary>
    public void Sent(string imageId, TrafficImage traffic, float[]? pixels) => _images[imageId] = new(traffic, pixels, clock.GetTimestamp());

    /// <summary>Takes back an image that could not be put in: it was never in Kafka.</summary>
    public void NotSent(string imageId) => _images.TryRemove(imageId, out _);

    /// <summary>Books an output; whether it ended an image of the demo for the first time.</summary>
    public bool End(string imageId, string topic, ImageScored? result)
    {
        if (!_images.TryGetValue(imageId, out var image))
        {
            Interlocked.Increment(ref _foreign);
            return false;
        }
        lock (image)
        {
            if (image.EndedIn is not null)
            {
                Interlocked.Increment(ref _duplicates);
                return false;
            }
            (image.EndedIn, image.Result, image.Latency) = (topic, result, clock.GetElapsedTime(image.SentAt));
        }
        Interlocked.Increment(ref _ended);
        return true;
    }
}
