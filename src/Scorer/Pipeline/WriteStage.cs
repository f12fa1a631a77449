using System.Threading.Channels;
using MoodStream.Scorer.Routing;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Delivery;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Pipeline;

/// <summary>The last stage: outputs go to the broker, and only when it has acknowledged one may its input's offset move.</summary>
/// <remarks>
/// Order: that of the batches. Backpressure: only so many batches may be on their way. Under exactly-once an output may
/// have to wait for one that comes after it, so that their number is not bounded here: the consumer's buffer bounds
/// their bytes.
/// </remarks>
public sealed class WriteStage(
    ScorerSettings settings, DeliverySettings delivery, VerdictRouter router, ScorerMetrics metrics, TimeProvider clock)
{
    /// <summary>Writes judged images until there are no more and all are acknowledged.</summary>
    /// <param name="consumer">Where an image is completed.</param>
    /// <param name="scored">Judged images, batch by batch.</param>
    /// <param name="abort">Another stage has failed.</param>
    public async Task RunAsync(
        IRecordConsumer consumer, ChannelReader<IReadOnlyList<ScoredImage>> scored, CancellationToken abort)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var written = delivery.Delivery == DeliveryGuarantee.ExactlyOnce
            ? Channel.CreateUnbounded<Task>()
            : Channel.CreateBounded<Task>(settings.MaxBatchesInFlight);
        await Task.WhenAll(
            Stages.RunAsync(() => WriteAsync(consumer, scored, written.Writer, failed.Token), failed),
            Stages.RunAsync(() => AcknowledgeAsync(written.Reader, failed.Token), failed));
    }

    /// <summary>Hands outputs to the producer in order; the bytes that a batch has to keep are stored at the same time.</summary>
    private async Task WriteAsync(
        IRecordConsumer consumer, ChannelReader<IReadOnlyList<ScoredImage>> scored, ChannelWriter<Task> written,
        CancellationToken abort)
    {
        await foreach (var images in scored.ReadAllAsync(abort))
        {
            var keeping = images.Select(image => router.KeepAsync(image, abort)).ToArray();
            await written.WaitToWriteAsync(abort);
            var ending = new List<Task>(images.Count);
            for (var i = 0; i < images.Count; i++) ending.Add(EndAsync(images[i], await keeping[i]));
            await written.WriteAsync(Task.WhenAll(ending), abort);
        }
        written.Complete();

        async Task EndAsync(ScoredImage image, KeptImage kept)
        {
            var (record, started) = (image.Image.Record, clock.GetTimestamp());
            consumer.Hold(record);
            try
            {
                await router.RouteAsync(image, kept, abort);
                metrics.Stage(ScorerMetrics.Write, clock.GetElapsedTime(started));
                consumer.Complete(record.Position);                          // acknowledged: only now may the offset move
            }
            catch (RecordAbandonedException)
            {
                // Its next owner judges it.
            }
            finally
            {
                consumer.LetGo(record);
                image.Image.Span?.Dispose();
            }

            record.Release();
        }
    }

    /// <summary>Waits for the acknowledgements; a batch counts as on its way until all of its own have come.</summary>
    private static async Task AcknowledgeAsync(ChannelReader<Task> written, CancellationToken abort)
    {
        while (await written.WaitToReadAsync(abort))
        {
            if (!written.TryPeek(out var batch)) continue;
            await batch;
            written.TryRead(out _);
        }
    }
}
