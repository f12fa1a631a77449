using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Threading.Channels;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Routing;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Pipeline;

/// <summary>The first stage: records become images on several workers; bad ones end as dead letters.</summary>
/// <remarks>
/// Order: that of reading, for each key: a large image holds up its own source, and not those of others. Backpressure: no more are
/// begun than there are workers, and no more wait for a slow one than make a batch. Bad ones do not hold up good ones: under exactly-once
/// their dead letters may have to wait for an image that comes after them, so that the consumer's buffer alone bounds them.
/// </remarks>
public sealed class DecodeStage(ScorerSettings settings, ImageIntake intake, VerdictRouter router)
{
    /// <summary>Keys share so many lanes, in each of which the order is kept: two keys of one lane wait for each other.</summary>
    private const int Lanes = 64;

    /// <summary>Prepares records until there are no more.</summary>
    /// <param name="consumer">Where they come from, and where the bad ones are completed.</param>
    /// <param name="ready">Where the good images go; completed at the end.</param>
    /// <param name="abort">Another stage has failed.</param>
    public async Task RunAsync(IRecordConsumer consumer, ChannelWriter<PreparedImage> ready, CancellationToken abort)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var rejecting = Channel.CreateBounded<Intaken>(settings.DecodeWorkers);
        var rejected = Channel.CreateUnbounded<Task>();
        await Task.WhenAll(
            Stages.RunAsync(() => PrepareAsync(consumer, new(ready, rejecting.Writer, failed)), failed),
            Stages.RunAsync(() => RejectAsync(consumer, rejecting.Reader, rejected.Writer, failed.Token), failed),
            Stages.RunAsync(() => AcknowledgeAsync(rejected.Reader, failed.Token), failed));
    }

    /// <summary>Prepares every record, and passes what it became on.</summary>
    private async Task PrepareAsync(IRecordConsumer consumer, Outlet to)
    {
        var lanes = Enumerable.Repeat(Task.CompletedTask, Lanes).ToArray();
        var beginning = Stages.RunAsync(() => BeginAsync(consumer, lanes, to), to.Failed);
        await beginning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll([beginning, .. lanes]);
        to.Ready.Complete();
        to.Rejecting.Complete();
    }

    /// <summary>Starts the preparation of records in order, as many at once as there are workers.</summary>
    private async Task BeginAsync(IRecordConsumer consumer, Task[] lanes, Outlet to)
    {
        var workers = new SemaphoreSlim(settings.DecodeWorkers);
        var room = new SemaphoreSlim(settings.DecodeWorkers + settings.MaxBatchCount);
        await foreach (var record in consumer.Records.ReadAllAsync(to.Failed.Token))
        {
            await room.WaitAsync(to.Failed.Token);
            await workers.WaitAsync(to.Failed.Token);
            var preparation = new Preparation(intake, record, workers, to.Failed.Token);
            ThreadPool.UnsafeQueueUserWorkItem(preparation, preferLocal: false);
            var lane = LaneOf(record.Key);
            lanes[lane] = PassOnAsync(preparation.Task, lanes[lane], room, to);
        }
    }

    private static int LaneOf(byte[]? key)
    {
        var sum = 0u;
        foreach (var b in key ?? []) sum = BitOperations.Crc32C(sum, b);
        return (int)(sum % Lanes);
    }

    /// <summary>Passes an image on once the one before it in its lane has been: a good one to the device, a bad one aside.</summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Begun by the stage itself, on threads of the pool, which wait for nobody.")]
    private static async Task PassOnAsync(Task<Intaken> preparation, Task before, SemaphoreSlim room, Outlet to)
    {
        try
        {
            var intaken = await preparation;
            await before;
            if (intaken.Image is { } image) await to.Ready.WriteAsync(image, to.Failed.Token);
            else await to.Rejecting.WriteAsync(intaken, to.Failed.Token);
            room.Release();
        }
        catch
        {
            await to.Failed.CancelAsync();
            throw;
        }
    }

    /// <summary>Writes dead letters in order, none waiting for the one before; what a large one costs is not to hold up good images.</summary>
    private async Task RejectAsync(IRecordConsumer consumer, ChannelReader<Intaken> rejecting, ChannelWriter<Task> rejected, CancellationToken abort)
    {
        await foreach (var intaken in rejecting.ReadAllAsync(abort)) await rejected.WriteAsync(RejectAsync(consumer, intaken, abort), abort);
        rejected.Complete();
    }

    private async Task RejectAsync(IRecordConsumer consumer, Intaken intaken, CancellationToken abort)
    {
        var record = intaken.Record;
        consumer.Hold(record);
        try
        {
            await router.RejectAsync(record, intaken.Rejection!, abort);
            consumer.Complete(record.Position);
        }
        catch (RecordAbandonedException)
        {
            // Its next owner rejects it.
        }
        finally
        {
            consumer.LetGo(record);
        }

        record.Release();
    }

    private static async Task AcknowledgeAsync(ChannelReader<Task> rejected, CancellationToken abort)
    {
        await foreach (var one in rejected.ReadAllAsync(abort)) await one;
    }

    /// <summary>Where images go, and what stops all where one fails.</summary>
    private sealed record Outlet(ChannelWriter<PreparedImage> Ready, ChannelWriter<Intaken> Rejecting, CancellationTokenSource Failed);

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
