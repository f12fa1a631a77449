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
        var rejecting = Channel.CreateBounded<Task>(settings.MaxBufferedRecords);
        await Task.WhenAll(
            Stages.RunAsync(() => BeginAsync(consumer, preparing.Writer, failed.Token), failed),
            Stages.RunAsync(() => SortAsync(consumer, preparing.Reader, (ready, rejecting.Writer), failed.Token), failed),
            Stages.RunAsync(() => AcknowledgeAsync(rejecting.Reader, failed.Token), failed));
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

    /// <summary>Passes good images on in order, and ends bad ones, which need not wait for each other.</summary>
    private async Task SortAsync(
        IRecordConsumer consumer, ChannelReader<Task<Intaken>> preparing,
        (ChannelWriter<PreparedImage> Ready, ChannelWriter<Task> Rejecting) to, CancellationToken abort)
    {
        await foreach (var one in preparing.ReadAllAsync(abort))
        {
            var intaken = await one;
            if (intaken.Image is { } image) await to.Ready.WriteAsync(image, abort);
            else await to.Rejecting.WriteAsync(RejectAsync(consumer, intaken, abort), abort);
        }
        to.Ready.Complete();
        to.Rejecting.Complete();
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

    private static async Task AcknowledgeAsync(ChannelReader<Task> rejecting, CancellationToken abort)
    {
        await foreach (var one in rejecting.ReadAllAsync(abort)) await one;
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
