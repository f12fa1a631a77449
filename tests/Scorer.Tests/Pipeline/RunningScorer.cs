using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Scorer;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Health;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Routing;
using MoodStream.Scorer.Pipeline;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.ScorerTests.Fakes;
using MoodStream.Streaming.DeadLetters;
using MoodStream.Streaming.Delivery;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;
using MoodStream.TestKit;
using Prometheus;

namespace MoodStream.ScorerTests.Pipeline;

/// <summary>The whole scorer on fakes of Kafka, Redis and the image store, with a real backbone.</summary>
internal sealed class RunningScorer : IAsyncDisposable
{
    private readonly DeviceThread _device = new();
    private TaskCompletionSource? _blocking;

    /// <param name="settings">The scorer's.</param>
    /// <param name="gateClock">Tells the gates how old things are; null for the system's.</param>
    public RunningScorer(ScorerSettings settings, TimeProvider? gateClock = null)
    {
        var (clock, registry) = (TimeProvider.System, Metrics.NewCustomRegistry());
        var metrics = new ScorerMetrics(registry);
        Gates = new(settings, Statistics, _device, metrics, gateClock ?? clock, NullLogger<GateCatalog>.Instance);
        var letters = new DeadLetterWriter(Producer, Images, new StreamingMetrics(registry), clock, NullLogger<DeadLetterWriter>.Instance, "scorer@test");
        var router = new VerdictRouter(Producer, letters, Images, metrics, clock);
        var stages = new PipelineStages(
            new DecodeStage(settings, new ImageIntake(settings, Gates, Images, new(settings, clock), metrics, clock), router),
            new ScoreStage(settings, new BatchScorer(_device, new AuditSettings(), metrics, clock), metrics, clock),
            new WriteStage(settings, new DeliverySettings(), router, metrics, clock));
        Pipeline = new(settings, Consumer, Gates, stages, Lifetime, NullLogger<ScoringPipeline>.Instance);
    }

    public FakeConsumer Consumer { get; } = new();

    public FakeProducer Producer { get; } = new();

    public FakeImageStore Images { get; } = new();

    public FakeStatisticsStore Statistics { get; } = new();

    public FakeLifetime Lifetime { get; } = new();

    public GateCatalog Gates { get; }

    public ScoringPipeline Pipeline { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts, and waits until every gate has been told its statistics once.</summary>
    public async Task StartAsync()
    {
        await Pipeline.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => Pipeline.Fault is not null || (Gates.Gates.Count > 0 && Statistics.Told >= Gates.Gates.Count), "the gates know their statistics");
        Assert.Null(Pipeline.Fault);
    }

    /// <summary>Waits until that many records have been completed.</summary>
    public async Task CompletedAsync(int count)
    {
        await Eventually.HoldsAsync(() => Pipeline.Fault is not null || Consumer.Completed.Count >= count, $"{count} records are completed");
        Assert.Null(Pipeline.Fault);
        Assert.Equal(count, Consumer.Completed.Count);
    }

    /// <summary>Waits for the fault, and puts right what it did to this process.</summary>
    public async Task<string> FaultAsync()
    {
        await Eventually.HoldsAsync(() => Lifetime.ApplicationStopping.IsCancellationRequested, "the pipeline asks the host to stop");
        Environment.ExitCode = 0;
        Assert.Equal(PipelinePhase.Faulted, Pipeline.Phase);
        return Pipeline.Fault!;
    }

    /// <summary>Keeps the device busy until the returned source is set.</summary>
    public async Task<TaskCompletionSource> BlockDeviceAsync()
    {
        var (entered, release) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        _ = _device.RunAsync(
            () =>
            {
                entered.SetResult();
                ((IAsyncResult)release.Task).AsyncWaitHandle.WaitOne();
                return true;
            },
            Cancellation);
        await entered.Task;
        return _blocking = release;
    }

    public async Task<HealthCheckResult> GatesHealthAsync() => await new GatesCheck(Gates).CheckHealthAsync(new HealthCheckContext(), Cancellation);

    public async ValueTask DisposeAsync()
    {
        _blocking?.TrySetResult();
        Producer.HeldBack?.TrySetResult();
        await Pipeline.StopAsync(CancellationToken.None);
        Pipeline.Dispose();
        _device.Dispose();
    }
}
