using System.Globalization;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.DeadLetters;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Review.Webhook;

/// <summary>Tells every decision by HTTP.</summary>
/// <remarks>
/// Done means: the receiver took the decision, or the dead letters have it; only then may its offset move. Order: as in its partition,
/// one at a time. Repeats: a decision may be told again, with the same id. On failure of Kafka: read again from what was committed.
/// </remarks>
internal sealed class WebhookRelay(
    IRecordConsumerFactory consumers, WebhookClient client, DeadLetterWriter deadLetters, GatewayMetrics metrics, TimeProvider clock,
    ILogger<WebhookRelay> log)
    : RepeatedWork(Pause, clock, e => log.ReviewWorkFailed(e, "the webhook"))
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly ILogger _log = log;

    private readonly ConsumerSubscription _subscription = new()
    {
        Group = ConsumerGroups.Webhook,
        Topics = [Topics.Decisions],
        // From the first: a partition without a committed offset must not lose what comes while no gateway runs.
        OffsetReset = OffsetReset.Earliest,
    };

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        await consumers.FollowEachAsync(_subscription, RelayAsync, cancellation);
        return false;
    }

    private async Task RelayAsync(ReceivedRecord record, CancellationToken cancellation)
    {
        if (IdOf(record) is not { } id)
        {
            await GiveUpAsync(record, record.Position.ToString(), "the record is no decision", GatewayMetrics.Unreadable, cancellation);
            return;
        }
        var outcome = await client.DeliverAsync(id, record.Value!, cancellation);
        metrics.WebhookAttempts.Inc(outcome.Attempts);
        if (outcome.Failure is { } failure)
        {
            await GiveUpAsync(record, id, $"{failure}, after {outcome.Attempts.ToString(CultureInfo.InvariantCulture)} tries", GatewayMetrics.GivenUp, cancellation);
            return;
        }
        metrics.WebhookDecisions.WithLabels(GatewayMetrics.Delivered).Inc();
        _log.WebhookDelivered(id, outcome.Attempts);
    }

    private async Task GiveUpAsync(ReceivedRecord record, string id, string why, string outcome, CancellationToken cancellation)
    {
        await deadLetters.WriteAsync(record, DeadLetterReason.WebhookFailed, why, cancellation);
        metrics.WebhookDecisions.WithLabels(outcome).Inc();
        _log.WebhookGivenUp(id, why);
    }

    // From the value rather than a header: it is what the receiver would count by, too.
    private static string? IdOf(ReceivedRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Value ?? [], WireJson.Default.ReviewDecided) is { } decided
                ? $"{decided.CaseId}-{decided.Revision.ToString(CultureInfo.InvariantCulture)}"
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
