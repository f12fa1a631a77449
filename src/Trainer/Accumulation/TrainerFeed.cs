using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Settings;
using MoodStream.Trainer.Telemetry;

namespace MoodStream.Trainer.Accumulation;

/// <summary>Reads accepted and decisions as a member of the trainers' group, and learns from them.</summary>
/// <remarks>On failure: joins the group anew after a pause, and goes on at what is stored.</remarks>
internal sealed class TrainerFeed(
    IRecordConsumerFactory consumers, PartitionStore store, RecallStore recalls, IStatisticsStore statistics, TrainerSettings settings,
    TrainerMetrics metrics, LearnedTraces learned, TimeProvider clock, ILoggerFactory logs)
    : RepeatedWork(Pause, clock, Telling(logs))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly TimeProvider _clock = clock;

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        var arrivals = new PartitionArrivals(store, cancellation);
        await using var consumer = consumers.Create(new ConsumerSubscription
        {
            Group = settings.Group,
            StaticMember = settings.StaticMember,
            Topics = [Topics.Accepted, Topics.Decisions],
            MaxBufferedRecords = settings.MaxBufferedRecords,
            Owner = arrivals,
        });
        // The poll thread stops after the last checkpoint, so that its offsets are committed too.
        using var polling = new CancellationTokenSource();
        var polled = consumer.RunAsync(polling.Token);
        using var spaces = new GateSpaces(statistics, logs.CreateLogger<GateSpaces>());
        using var learning = new Learning(
            consumer, arrivals, new(store, spaces, recalls, settings, metrics, learned, _clock, logs.CreateLogger<Learning>()));
        try
        {
            await learning.RunAsync(cancellation);
        }
        finally
        {
            await polling.CancelAsync();
            await polled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return false;
    }

    private static Action<Exception> Telling(ILoggerFactory logs)
    {
        var log = logs.CreateLogger<TrainerFeed>();
        return e => log.WorkFailed(e, "learning");
    }
}
