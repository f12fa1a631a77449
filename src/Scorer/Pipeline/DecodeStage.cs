using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Routing;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Pipeline;

/// <summary>The first stage: records become images on several workers; bad ones end as dead letters.</summary>
/// <remarks>Order: that of reading, whatever the workers take. Backpressure: no more is begun than there are workers.</remarks>
public sealed class DecodeStage(ScorerSettings settings, ImageIntake intake, VerdictRouter router)
{
    /// <summary>Prepares records until there are no more.</summary>
    /// <param name="consumer">Where they come from, and where the bad ones are completed.</param>
    /// <param name="ready">Where the good images go; completed at the end.</param>
    /// <param name="abort">Another stage has failed.</param>
    public async Task RunAsync(IRecordConsumer consumer, ChannelWriter<PreparedImage> ready, CancellationToken abort)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var preparing = Channel.CreateBounded<Task<Intaken>>(settings.DecodeWorkers);
        var rejecting = Channel.CreateBounded<Intaken>(settings.DecodeWorkers);
        var rejected = Channel.CreateBounded<Task>(settings.MaxBufferedRecords);
        await Task.WhenAll(
            Stages.RunAsync(() => BeginAsync(consumer, preparing.Writer, failed.Token), failed),
            Stages.RunAsync(() => SortAsync(preparing.Reader, ready, rejecting.Writer, failed.Token), failed),
            Stages.RunAsync(() => RejectAsync(consumer, rejecting.Reader, rejected.Writer, failed.Token), failed),
            Stages.RunAsync(() => AcknowledgeAsync(rejected.Reader, failed.Token), failed));
    }

    /// <summary>Starts the preparation of records in order, as many at once as there are workers.</summary>
    private async Task BeginAsync(IRecordConsumer consumer, ChannelWriter<Task<Intaken>> preparing, CancellationToken abort)
    {
        var workers = new SemaphoreSlim(settings.DecodeWorkers);
        await foreach (var record in consumer.Records.ReadAllAsync(abort))
        {
            await workers.WaitAsync(abort);
            var preparation = new Preparation(intake, record, workers, abort);
            ThreadPool.UnsafeQueueUserWorkItem(preparation, preferLocal: false);
            await preparing.WriteAsync(preparation.Task, abort);
        }
        preparing.Complete();
    }

    /// <summary>Passes images on in order, the bad ones aside.</summary>
    private static async Task SortAsync(
        ChannelReader<Task<Intaken>> preparing, ChannelWriter<PreparedImage> ready, ChannelWriter<Intaken> rejecting, CancellationToken abort)
    {
        await foreach (var one in preparing.ReadAllAsync(abort))
        {
            var intaken = await one;
            if (intaken.Image is { } image) await ready.WriteAsync(image, abort);
            else await rejecting.WriteAsync(intaken, abort);
        }
        ready.Complete();
        rejecting.Complete();
    }

    /// <summary>Writes dead letters in order, none waiting for the one before; what a large one costs is not to hold up good images.</summary>
    private async Task RejectAsync(IRecordConsumer consumer, ChannelReader<Intaken> rejecting, ChannelWriter<Task> rejected, CancellationToken abort)
    {
        await foreach (var intaken in rejecting.ReadAllAsync(abort)) await rejected.WriteAsync(RejectAsync(consumer, intaken, abort), abort);
        rejected.Complete();
    }

    private async Task RejectAsync(IRecordConsumer consumer, Intaken intaken, CancellationToken abort)
    {
        try
        {
            await router.RejectAsync(intaken.Record, intaken.Rejection!, abort);
            consumer.Complete(intaken.Record.Position);
            intaken.Record.Release();
        }
        catch (RecordAbandonedException)
        {
            // Its next owner rejects it.
        }
    }

    private static async Task AcknowledgeAsync(ChannelReader<Task> rejected, CancellationToken abort)
    {
        await foreach (var one in rejected.ReadAllAsync(abort)) await one;
    }

    /// <summary>The preparation of one record on a thread of the pool.</summary>
    private sealed class Preparation(ImageIntake intake, ReceivedRecord record, SemaphoreSlim workers, CancellationToken abort)
        : TaskCompletionSource<Intaken>(TaskCreationOptions.RunContinuationsAsynchronously), IThreadPoolWorkItem
    {
        void IThreadPoolWorkItem.Execute() => _ = PrepareAsync();

        [SuppressMessage("Design", "CA1031", Justification = "Whatever stopped it reaches whoever waits for the image.")]
        private async Task PrepareAsync()
        {
            try
            {
                SetResult(await intake.PrepareAsync(record, abort));
            }
            catch (Exception e)
            {
                SetException(e);
            }
            finally
            {
                workers.Release();
            }
        }
    }
}
