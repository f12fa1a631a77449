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
        using var following = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var abort = new CancellationTokenSource();
        var follow = gates.FollowAsync(following.Token);
        var polling = consumer.RunAsync(stopping);
        Phase = PipelinePhase.Running;

        var prepared = Channel.CreateBounded<Task<Intaken>>(settings.DecodeWorkers);
        var ready = Channel.CreateBounded<PreparedImage>(settings.MaxBatchCount);
        await Task.WhenAll(
            StageAsync(() => DecodeAsync(consumer, prepared.Writer, abort.Token)),
            StageAsync(() => SortAsync(consumer, prepared.Reader, ready.Writer, abort.Token)),
            StageAsync(() => ScoreAsync(consumer, ready.Reader, abort.Token)));
        await polling;
        await following.CancelAsync();
        await follow.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

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

    /// <summary>Starts the preparation of records in order; as many run at once as the channel holds.</summary>
    private async Task DecodeAsync(IRecordConsumer consumer, ChannelWriter<Task<Intaken>> prepared, CancellationToken abort)
    {
        await foreach (var record in consumer.Records.ReadAllAsync(abort))
            await prepared.WriteAsync(Task.Run(() => intake.PrepareAsync(record, abort), abort), abort);
        prepared.Complete();
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

    private async Task ScoreAsync(IRecordConsumer consumer, ChannelReader<PreparedImage> ready, CancellationToken abort)
    {
        var policy = new BatchPolicy { MaxCount = settings.MaxBatchCount, MaxAge = settings.MaxBatchAge };
        var collector = new BatchCollector<PreparedImage>(policy, clock, image => image.Encoded.LongLength);
        var onTheWay = new Queue<Task>();
        await foreach (var batch in collector.CollectAsync(ready, abort))
        {
            var owned = batch.Items.Where(i => consumer.Owns(i.Record.Position)).ToArray();
            if (owned.Length == 0) continue;
            await WaitForStatisticsAsync(consumer, owned, abort);
            var started = clock.GetTimestamp();
            var scored = await scorer.ScoreAsync(owned, abort);
            metrics.Batch(owned.Length, batch.Trigger, clock.GetElapsedTime(started));
            onTheWay.Enqueue(RouteAsync(consumer, scored, abort));
            while (onTheWay.Count > settings.MaxBatchesInFlight) await onTheWay.Dequeue();
        }
        await Task.WhenAll(onTheWay);
    }

    private async Task RouteAsync(IRecordConsumer consumer, IReadOnlyList<ScoredImage> scored, CancellationToken abort)
    {
        await Task.WhenAll(scored.Select(async image =>
        {
            await router.RouteAsync(image, abort);
            consumer.Complete(image.Image.Record.Position);                  // acknowledged: only now may the offset move
        }));
    }

    /// <summary>Holds images of gates that hold: the queues fill and the consumer pauses, until statistics come or the partitions go.</summary>
    private async Task WaitForStatisticsAsync(IRecordConsumer consumer, PreparedImage[] images, CancellationToken abort)
    {
        foreach (var gate in images.Select(i => i.Gate).Distinct().Where(g => g.Settings.WithoutStatistics == WithoutStatistics.Hold))
            while (gate.Read().Statistics is null && images.Any(i => consumer.Owns(i.Record.Position)) && !lifetime.ApplicationStopping.IsCancellationRequested)
                await Task.Delay(HoldPoll, clock, abort);
        if (lifetime.ApplicationStopping.IsCancellationRequested && images.Any(i => Holds(i.Gate))) throw new OperationCanceledException(lifetime.ApplicationStopping);
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
