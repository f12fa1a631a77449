using System.Threading.Channels;
using MoodStream.Contracts;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Pipeline;

/// <summary>The stages of the pipeline, first to last.</summary>
/// <param name="Decode">Records become images.</param>
/// <param name="Score">Images are judged.</param>
/// <param name="Write">Verdicts are written.</param>
/// <param name="Outbox">Where outputs and offsets move together, under exactly-once; null where they do not.</param>
public sealed record PipelineStages(DecodeStage Decode, ScoreStage Score, WriteStage Write, TransactionalOutbox? Outbox = null);

/// <summary>One image's way through the scorer: read, decode, batch, score, route, and only then let the offset move.</summary>
/// <remarks>
/// Order: kept per key, since decoding hands the results of a key on in the order of reading and outputs are written in that order.
/// Backpressure: every queue is bounded; when they are full the consumer pauses its partitions.
/// On failure: what is not a bad image stops the pipeline and the process's readiness; nothing in hand is committed, all
/// of it is read again.
/// </remarks>
public sealed class ScoringPipeline(
    ScorerSettings settings, IRecordConsumerFactory consumers, GateCatalog gates, PipelineStages stages,
    IHostApplicationLifetime lifetime, ILogger<ScoringPipeline> log) : BackgroundService
{
    private volatile IRecordConsumer? _consumer;

    /// <summary>Where the pipeline stands.</summary>
    public PipelinePhase Phase { get; private set; } = PipelinePhase.Loading;

    /// <summary>What stopped it; null while it works.</summary>
    public string? Fault { get; private set; }

    /// <summary>How far its consumer is; null before there is one, and where the pipeline has ended.</summary>
    internal ConsumerProgress? Progress => Phase is PipelinePhase.Loading or PipelinePhase.Running ? _consumer?.Progress : null;

    /// <summary>Its work stands still, and will not say so itself: it counts as failed, and the host is to end.</summary>
    internal void StandStill(string why)
    {
        log.PipelineStandsStill(why);
        Fail($"it stands still: {why}");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
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
            log.PipelineFaulted(e);
            Fail(e.Message);
        }
    }

    private void Fail(string why)
    {
        (Phase, Fault) = (PipelinePhase.Faulted, why);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    /// <summary>Lets images flow and follows the gates' statistics, until both have ended or one has failed.</summary>
    /// <remarks>
    /// Joining the group and loading the backbones take seconds each, and neither needs the other: what is read meanwhile waits in the
    /// consumer's buffer. A scorer that cannot load its backbones leaves the group again.
    /// </remarks>
    private async Task RunAsync(CancellationToken stopping)
    {
        await using var consumer = consumers.Create(new ConsumerSubscription
        {
            Group = settings.Group, Topics = [Topics.Images], MaxBufferedRecords = settings.MaxBufferedRecords,
            StaticMember = settings.StaticMember, RentsValues = true, Outbox = stages.Outbox,
        });
        _consumer = consumer;
        var polling = consumer.RunAsync(stopping);
        await gates.LoadAsync(stopping);
        using var abort = new CancellationTokenSource();
        using var following = CancellationTokenSource.CreateLinkedTokenSource(stopping, abort.Token);
        await Task.WhenAll(
            Stages.RunAsync(() => FollowAsync(following.Token), abort),
            Stages.RunAsync(FlowThenStopFollowingAsync, abort));
        await polling;

        async Task FlowThenStopFollowingAsync()
        {
            await FlowAsync(consumer, abort, stopping);
            await following.CancelAsync();
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            await gates.FollowAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The images have ended, or something else has failed, which is told.
        }
    }

    private async Task FlowAsync(IRecordConsumer consumer, CancellationTokenSource abort, CancellationToken stopping)
    {
        Phase = PipelinePhase.Running;
        var ready = Channel.CreateBounded<PreparedImage>(settings.MaxBatchCount);
        var scored = Channel.CreateBounded<IReadOnlyList<ScoredImage>>(1);
        await Task.WhenAll(
            Stages.RunAsync(() => stages.Decode.RunAsync(consumer, ready.Writer, abort.Token), abort),
            Stages.RunAsync(() => stages.Score.RunAsync(consumer, ready.Reader, scored.Writer, stopping, abort.Token), abort),
            Stages.RunAsync(() => stages.Write.RunAsync(consumer, scored.Reader, abort.Token), abort));
    }
}
