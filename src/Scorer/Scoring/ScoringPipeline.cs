using System.Threading.Channels;
using MoodStream.Contracts;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Routing;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Batching;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Scoring;

/// <summary>One image's way through the scorer: read, decode, batch, score, route, and only then let the offset move.</summary>
/// <remarks>
/// Order: kept per key, since decoding hands its results on in the order of reading and outputs are written in that order.
/// Backpressure: every queue is bounded; when they are full the consumer pauses its partitions.
/// On failure: what is not a bad image stops the pipeline and the process's readiness; nothing in hand is committed, all of it is read again.
/// </remarks>
public sealed class ScoringPipeline(
    ScorerSettings settings, IRecordConsumerFactory consumers, GateCatalog gates, ImageIntake intake, BatchScorer scorer,
    VerdictRouter router, ScorerMetrics metrics, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<ScoringPipeline> log)
    : BackgroundService
{
    /// <summary>Where the pipeline stands.</summary>
    public PipelinePhase Phase { get; private set; } = PipelinePhase.Loading;

    /// <summary>What stopped it; null while it works.</summary>
    public string? Fault { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gates.LoadAsync(stoppingToken);
            await RunAsync(stoppingToken);
            Phase = PipelinePhase.Stopped;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Phase = PipelinePhase.Stopped;
        }
#pragma warning disable CA1031 // The loop's edge: log, stop being live and ready, and let the host end so that others take over.
        catch (Exception e)
#pragma warning restore CA1031
        {
            (Phase, Fault) = (PipelinePhase.Faulted, e.Message);
            log.PipelineFaulted(e);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var subscription = new ConsumerSubscription { Group = settings.Group, Topics = [Topics.Images], MaxBufferedRecords = settings.MaxBufferedRecords };
        await using var consumer = consumers.Create(subscription);
        using var abort = new CancellationTokenSource();
        using var following = CancellationTokenSource.CreateLinkedTokenSource(stopping, abort.Token);
        await Task.WhenAll(StageAsync(FollowAsync), StageAsync(FlowAsync));

        async Task FollowAsync()
        {
            try
            {
                await gates.FollowAsync(following.Token);
            }
            catch (OperationCanceledException) when (following.IsCancellationRequested)
            {
                // The images have ended, or something else has failed, which is told.
            }
        }

        async Task FlowAsync()
        {
            var polling = consumer.RunAsync(stopping);
            Phase = PipelinePhase.Running;
            var prepared = Channel.CreateBounded<Task<Intaken>>(settings.DecodeWorkers);
            var ready = Channel.CreateBounded<PreparedImage>(settings.MaxBatchCount);
            var scored = Channel.CreateBounded<IReadOnlyList<ScoredImage>>(1);
            var written = Channel.CreateBounded<Task>(settings.MaxBatchesInFlight);
            await Task.WhenAll(
                StageAsync(() => DecodeAsync(consumer, prepared.Writer, abort.Token)),
                StageAsync(() => SortAsync(consumer, prepared.Reader, ready.Writer, abort.Token)),
                StageAsync(() => ScoreAsync(consumer, ready.Reader, scored.Writer, stopping, abort.Token)),
                StageAsync(() => WriteAsync(consumer, scored.Reader, written.Writer, abort.Token)),
                StageAsync(() => AcknowledgeAsync(written.Reader, abort.Token)));
            await polling;
            await following.CancelAsync();
        }

        // The first stage that fails cancels the others, which would otherwise wait for it for ever.
        async Task StageAsync(Func<Task> stage)
        {
            try
            {
                await stage();
            }
            catch
            {
                await abort.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Starts the preparation of records in order, as many at once as there are workers.</summary>
    private async Task DecodeAsync(IRecordConsumer consumer, ChannelWriter<Task<Intaken>> prepared, CancellationToken abort)
    {
        var workers = new SemaphoreSlim(settings.DecodeWorkers);
        await foreach (var record in consumer.Records.ReadAllAsync(abort))
        {
            await workers.WaitAsync(abort);
            await prepared.WriteAsync(Task.Run(() => PrepareAsync(record), CancellationToken.None), abort);
        }
        prepared.Complete();

        async Task<Intaken> PrepareAsync(ReceivedRecord record)
        {
            try
            {
                return await intake.PrepareAsync(record, abort);
            }
            finally
            {
                workers.Release();
            }
        }
    }

    /// <summary>Passes good images on in order, and ends bad ones.</summary>
    private async Task SortAsync(
        IRecordConsumer consumer, ChannelReader<Task<Intaken>> prepared, ChannelWriter<PreparedImage> ready, CancellationToken abort)
    {
        await foreach (var preparing in prepared.ReadAllAsync(abort))
        {
            var intaken = await preparing;
            if (intaken.Image is { } image)
            {
                await ready.WriteAsync(image, abort);
                continue;
            }
            await router.RejectAsync(intaken.Record, intaken.Rejection!, abort);
            consumer.Complete(intaken.Record.Position);
        }
        ready.Complete();
    }

    private async Task ScoreAsync(
        IRecordConsumer consumer, ChannelReader<PreparedImage> ready, ChannelWriter<IReadOnlyList<ScoredImage>> scored,
        CancellationToken stopping, CancellationToken abort)
    {
        var policy = new BatchPolicy { MaxCount = settings.MaxBatchCount, MaxAge = settings.MaxBatchAge };
        var collector = new BatchCollector<PreparedImage>(policy, clock, image => image.Encoded.LongLength);
        await foreach (var batch in collector.CollectAsync(ready, abort))
        {
            var results = await ScoreAsync(consumer, batch, stopping, abort);
            if (results.Count > 0) await scored.WriteAsync(results, abort);
        }
        scored.Complete();
    }

    /// <summary>Scores the images of a batch that are still owned; on stopping, those of gates that hold are left for the next run.</summary>
    private async Task<IReadOnlyList<ScoredImage>> ScoreAsync(
        IRecordConsumer consumer, Batch<PreparedImage> batch, CancellationToken stopping, CancellationToken abort)
    {
        while (true)
        {
            await WaitForStatisticsAsync(consumer, batch.Items, stopping, abort);
            var leaving = stopping.IsCancellationRequested;
            var images = batch.Items.Where(i => consumer.Owns(i.Record.Position) && !(leaving && Holds(i.Gate))).ToArray();
            if (images.Length == 0) return [];
            var started = clock.GetTimestamp();
            var results = await scorer.ScoreAsync(images, abort);
            metrics.Batch(images.Length, batch.Trigger, clock.GetElapsedTime(started));

            // Statistics may go between the look at them and the batch: a gate that holds lets no image through unscored.
            if (!results.Any(r => r.Judgement is null && r.Image.Gate.Settings.WithoutStatistics == WithoutStatistics.Hold)) return results;
        }
    }

    /// <summary>Holds a batch while one of its gates holds: the queues fill and the consumer pauses, until statistics come, the partitions go, or the service stops.</summary>
    private async Task WaitForStatisticsAsync(
        IRecordConsumer consumer, IReadOnlyList<PreparedImage> images, CancellationToken stopping, CancellationToken abort)
    {
        while (!stopping.IsCancellationRequested && images.Any(i => Holds(i.Gate) && consumer.Owns(i.Record.Position)))
            await Task.Delay(HoldPoll, clock, abort);
    }

    /// <summary>Hands outputs to the producer in order; the bytes that a batch has to keep are stored at the same time.</summary>
    private async Task WriteAsync(
        IRecordConsumer consumer, ChannelReader<IReadOnlyList<ScoredImage>> scored, ChannelWriter<Task> written, CancellationToken abort)
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

        async Task EndAsync(ScoredImage image, string? reference)
        {
            await router.RouteAsync(image, reference, abort);
            consumer.Complete(image.Image.Record.Position);                  // acknowledged: only now may the offset move
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

    private static readonly TimeSpan HoldPoll = TimeSpan.FromMilliseconds(100);

    private static bool Holds(Gate gate) => gate.Settings.WithoutStatistics == WithoutStatistics.Hold && gate.Read().Statistics is null;
}

/// <summary>Where the pipeline stands.</summary>
public enum PipelinePhase
{
    /// <summary>Backbones are being loaded.</summary>
    Loading,

    /// <summary>Images flow.</summary>
    Running,

    /// <summary>It has ended as it was told to.</summary>
    Stopped,

    /// <summary>It has ended since something failed.</summary>
    Faulted,
}
