using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Gateway.Review.Upkeep;

/// <summary>Opens a case for every image that goes to people, and for the drawn share of accepted ones.</summary>
/// <remarks>
/// Done means: Redis has the case; only then does the offset move. Repeats: an image whose case is there opens none.
/// On failure: starts again after a pause, from the last offset that was committed. A record that is no result is left out and logged.
/// </remarks>
internal sealed class CaseFeed(
    IRecordConsumerFactory consumers, ReviewDesk desk, AuditSettings audit, TimeProvider clock, ILogger<CaseFeed> log)
    : RepeatedWork(Pause, clock, e => log.ReviewWorkFailed(e, "opening cases"))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly ILogger _log = log;

    private readonly ConsumerSubscription _subscription = new()
    {
        Group = ConsumerGroups.Review,
        Topics = audit.Share > 0 ? [Topics.Review, Topics.Accepted] : [Topics.Review],
        OffsetReset = OffsetReset.Earliest,
    };

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        await consumers.FollowEachAsync(_subscription, OpenAsync, cancellation);
        return false;
    }

    private async Task OpenAsync(ReceivedRecord record, CancellationToken cancellation)
    {
        ImageScored? scored;
        try
        {
            scored = JsonSerializer.Deserialize(record.Value ?? [], WireJson.Default.ImageScored);
        }
        catch (JsonException e)
        {
            _log.ReviewRecordUnreadable(record.Position.ToString(), e.Message);
            return;
        }
        if (scored is null) return;
        var sample = scored.Verdict == Verdict.Accept;
        if (sample && !audit.Draws(scored.ImageId)) return;
        using var span = Traces.Process(record, ConsumerGroups.Review);
        await desk.OpenAsync(scored, record.Position.ToString(), sample, cancellation);
    }
}
