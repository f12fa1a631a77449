using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Imaging;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Cli.Demo;

/// <summary>Puts the traffic's images in, as any producer would, and reads what became of them.</summary>
internal sealed class DemoStream(
    ITraffic traffic, IRecordProducer producer, IImageStore images, IRecordConsumerFactory consumers, DemoTally tally, TimeProvider clock)
    : IDisposable
{
    private const int MaxOutstanding = 64;
    private readonly SemaphoreSlim _window = new(MaxOutstanding);

    /// <summary>Puts images in at a steady rate until told to stop; waits while too many are on their way.</summary>
    /// <param name="imagesPerSecond">Rate aimed at.</param>
    /// <param name="stop">Ends the stream.</param>
    public async Task ProduceAsync(double imagesPerSecond, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        try
        {
            for (long number = 0; ; number++)
            {
                var due = TimeSpan.FromSeconds(number / imagesPerSecond) - clock.GetElapsedTime(started);
                if (due > TimeSpan.Zero) await Task.Delay(due, clock, stop);
                await _window.WaitAsync(stop);
                stop.ThrowIfCancellationRequested();
                await PutAsync($"demo-{number:D8}", traffic.Next());
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The stream ends here; what is on its way is waited for by the caller.
        }
    }

    /// <summary>Books every output until told to stop.</summary>
    public async Task CollectAsync(CancellationToken stop)
    {
        await using var consumer = consumers.Create(new ConsumerSubscription
        {
            Group = "mood-demo", Topics = [Topics.Accepted, Topics.Review, Topics.DeadLetters], OffsetReset = OffsetReset.Earliest,
        });
        var polling = consumer.RunAsync(stop);
        await foreach (var record in consumer.Records.ReadAllAsync(CancellationToken.None))
        {
            if (record.Header(RecordHeaders.Id) is { } imageId && tally.End(imageId, record.Position.Topic, ResultOf(record))) _window.Release();
            consumer.Complete(record.Position);
        }
        await polling;
    }

    /// <inheritdoc/>
    public void Dispose() => _window.Dispose();

    private async Task PutAsync(string imageId, TrafficImage image)
    {
        tally.Sent(imageId, image, PixelsOf(image.Encoded));
        try
        {
            var reference = await images.PutAsync(image.Encoded, CancellationToken.None);
            var sent = new ImageEvent
            {
                ImageId = imageId, Source = traffic.Source, ReceivedAt = clock.GetUtcNow(), DataReference = reference,
            };
            await producer.WriteAsync(sent.ToRecord(image.Encoded), CancellationToken.None);
        }
        catch
        {
            tally.NotSent(imageId);
            throw;
        }
    }

    private static float[]? PixelsOf(byte[] encoded) => ImageDecoder.Decode(encoded, new DecodeSettings()).Image is { } image
        ? PixelFeatures.Extract(image.Pixels, image.Width, image.Height)
        : null;

    private static ImageScored? ResultOf(ReceivedRecord record) => record.Position.Topic == Topics.DeadLetters
        ? null
        : JsonSerializer.Deserialize(record.Value, WireJson.Default.ImageScored);
}
