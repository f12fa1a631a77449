using System.Text;
using MoodStream.Cli.Demo;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Bench.Rig;

/// <summary>Images with ids of their own, some of them no images at all, put in so that only so many are on their way.</summary>
internal sealed class RigTraffic(ITraffic camera, KafkaRecordProducer producer, int seed)
{
    private const int Frames = 64, Sources = 48, OneBadIn = 50;

    /// <summary>Most images on their way: the embedded Kafka keeps 5 MiB of a partition.</summary>
    public const int MaxOutstanding = 1_500;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);
    private readonly byte[][] _frames = [.. Enumerable.Range(0, Frames).Select(_ => camera.Next().Encoded)];
    private readonly Random _random = new(seed);

    /// <summary>Id of an image.</summary>
    public static string IdOf(int image) => $"chaos-{image:D8}";

    /// <summary>Puts images in; the task ends when the broker has acknowledged all of them.</summary>
    /// <param name="count">How many, unless stopped.</param>
    /// <param name="outstanding">Most that are on their way.</param>
    /// <param name="ended">How many have ended so far.</param>
    /// <param name="stopping">Puts no more in.</param>
    /// <returns>How many were put in.</returns>
    public async Task<int> ProduceAsync(int count, int outstanding, Func<int> ended, CancellationToken stopping)
    {
        var writes = new List<Task>();
        for (var image = 0; image < count; image++)
        {
            while (image - ended() >= outstanding && !stopping.IsCancellationRequested)
                await Task.Delay(Glance, TimeProvider.System, CancellationToken.None);
            if (stopping.IsCancellationRequested) break;
            writes.Add(producer.WriteAsync(Record(image), CancellationToken.None));
        }

        await Task.WhenAll(writes);
        return writes.Count;
    }

    private OutgoingRecord Record(int image)
    {
        var source = $"line-{image % Sources}";
        var bytes = _random.Next(OneBadIn) == 0 ? Encoding.UTF8.GetBytes($"no image {image}") : _frames[_random.Next(Frames)];
        return new ImageEvent
        {
            ImageId = IdOf(image), Source = source, ReceivedAt = TimeProvider.System.GetUtcNow(),
        }.ToRecord(bytes);
    }
}
