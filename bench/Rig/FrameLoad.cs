using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Bench.Rig;

/// <summary>Sound images of a camera, the same ones over and over, put in straight to Kafka.</summary>
/// <remarks>Thread-safety: owned by one task at a time.</remarks>
internal sealed class FrameLoad : IDisposable
{
    /// <summary>Different frames.</summary>
    public const int FrameCount = 64;

    private const string IdPrefix = "bench-";
    private readonly KafkaRecordProducer _producer;

    /// <param name="rig">Where the images go.</param>
    public FrameLoad(GateRig rig)
    {
        Frames = [.. Enumerable.Range(0, FrameCount).Select(_ => rig.Camera.Next().Encoded)];
        // A camera sends each image as it takes it: what the client gathers would count as the gate's time.
        _producer = new KafkaRecordProducer(rig.Kafka with { Linger = TimeSpan.Zero }, new StreamingMetrics(), NullLogger<KafkaRecordProducer>.Instance);
    }

    /// <summary>The encoded frames.</summary>
    public IReadOnlyList<byte[]> Frames { get; }

    /// <summary>Images put in so far.</summary>
    public int Put { get; private set; }

    /// <summary>Names the source of an image by the image's number.</summary>
    public Func<int, string> SourceOf { get; set; } = image => $"line-{image % 48}";

    /// <summary>Number of an image by its id.</summary>
    public static int NumberOf(string id) => int.Parse(id.AsSpan(IdPrefix.Length), CultureInfo.InvariantCulture);

    /// <summary>The frame that an image shows.</summary>
    public static int FrameOf(int image) => image % FrameCount;

    /// <summary>Puts one in; the task ends when the broker has acknowledged it, and says where it lies.</summary>
    public Task<RecordPosition> PutAsync(CancellationToken cancellation)
    {
        var image = Put++;
        return _producer.WriteAsync(new ImageEvent
        {
            ImageId = $"{IdPrefix}{image:D8}", Source = SourceOf(image), ReceivedAt = TimeProvider.System.GetUtcNow(),
        }.ToRecord(Frames[FrameOf(image)]), cancellation);
    }

    /// <summary>Puts some in and waits until the broker has acknowledged all of them.</summary>
    public Task PutAsync(int count, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => PutAsync(cancellation)).ToList());

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();
}
