using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Telemetry;

namespace MoodStream.Trainer.Control;

/// <summary>Takes requests for a refit from the control topic.</summary>
/// <remarks>
/// Done means: the request waits in Redis, where trainers take it; only then does the offset move. Repeats: a request is known by its id for
/// as long as <see cref="RefitRequests.Remembered"/>; an older one is left out, since nobody could tell whether it was answered.
/// On failure: joins the group anew after a pause, from the last offset that was committed. What is no request is left out and logged.
/// </remarks>
internal sealed class RefitRequestFeed(
    IRecordConsumerFactory consumers, IStatisticsStore statistics, RefitRequests requests, TimeProvider clock, ILogger<RefitRequestFeed> log)
    : RepeatedWork(Pause, clock, e => log.WorkFailed(e, "taking requests from the control topic"))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _log = log;

    private readonly ConsumerSubscription _subscription = new()
    {
        Group = ConsumerGroups.TrainerControl, Topics = [Topics.Control], OffsetReset = OffsetReset.Earliest,
    };

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        await consumers.FollowEachAsync(_subscription, TakeAsync, cancellation);
        return false;
    }

    private async Task TakeAsync(ReceivedRecord record, CancellationToken cancellation)
    {
        if (!IsRequest(record)) return;
        var (request, problem) = Read(record.Value);
        if (request is not null && _clock.GetUtcNow() - request.At > RefitRequests.Remembered)
            problem = $"it is of {request.At:O}, older than {RefitRequests.Remembered.TotalDays} days";
        if (problem is null && !(await statistics.ListGatesAsync(cancellation)).Contains(request!.Gate))
            problem = $"there is no gate '{request.Gate}' with statistics";
        if (problem is null) await requests.AddAsync(request!, cancellation);
        else _log.ControlRequestLeftOut(record.Position.ToString(), problem);
    }

    /// <summary>Ends of refits are on the same topic, and whatever else may come.</summary>
    private static bool IsRequest(ReceivedRecord record) => record.Header(RecordHeaders.Type) == EventTypes.RefitRequested;

    private static (RefitRequested? Request, string? Problem) Read(byte[]? value)
    {
        try
        {
            var request = JsonSerializer.Deserialize(value ?? [], WireJson.Default.RefitRequested);
            return request is null || Array.Exists([request.RequestId, request.Gate, request.Reason, request.By], string.IsNullOrWhiteSpace)
                ? (null, "'requestId', 'gate', 'reason' and 'by' are wanted")
                : (request, null);
        }
        catch (JsonException e)
        {
            return (null, e.Message);
        }
    }
}
