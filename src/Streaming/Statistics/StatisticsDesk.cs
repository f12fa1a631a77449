using MoodStream.Contracts;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>What an operator does to a gate's statistics, seeing a state of them.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Seen">What was active when the operator decided; null for nothing.</param>
/// <param name="Audit">Links of the audit chain, one or more; the first says who and why.</param>
public sealed record OperatorStep(string Gate, ActiveStatistics? Seen, IReadOnlyList<AuditEvent> Audit)
{
    /// <summary>The version that becomes active; null leaves the active one.</summary>
    public long? Activate { get; init; }

    /// <summary>The header that is written, and what it was; null leaves headers alone.</summary>
    public (StatisticsVersion Before, StatisticsVersion After)? Header { get; init; }
}

/// <summary>Changes a gate's statistics for operators. Thread-safety: any thread, and any number of gateways on one Redis.</summary>
/// <remarks>
/// Header, active pointer and audit events go in one transaction, which demands that all is as the operator saw it: of two operators
/// who cross one is told so, and no change is without its link in the audit chain. After a lost answer a step may be refused that was
/// taken; whoever looks again sees it.
/// </remarks>
public sealed class StatisticsDesk(RedisConnection redis, RedisSettings settings)
{
    /// <summary>Takes a step.</summary>
    /// <returns>Whether it was taken; false where the gate is not as it was seen, and nothing was changed.</returns>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<bool> TryTakeAsync(OperatorStep step, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(step);
        return redis.RunAsync(
            async (database, token) =>
            {
                var pointer = await ActivePointer.ReadAsync(database, step.Gate);
                if (pointer?.Active != step.Seen) return false;
                var transaction = database.CreateTransaction();
                transaction.AddCondition(ActivePointer.Unmoved(step.Gate, pointer));
                if (step.Header is var (before, after)) KeptVersions.AddReplacement(transaction, before, after);
                if (step.Activate is { } version)
                    ActivePointer.AddMove(transaction, Activated(step, version, 1 + await EpochAsync(database, step)), settings.HistoryLength);
                foreach (var happened in step.Audit) _ = AuditOutbox.AddAsync(transaction, step.Gate, happened);
                return await transaction.ExecuteAsync();
            },
            cancellation);
    }

    /// <summary>Asks for a refit, with a link of the audit chain.</summary>
    /// <returns>Whether it was asked for; false where the request is known.</returns>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<bool> RequestRefitAsync(RefitRequested request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        return redis.RunAsync(
            (database, token) =>
            {
                var transaction = database.CreateTransaction();
                RefitRequests.Add(transaction, request);
                _ = AuditOutbox.AddAsync(
                    transaction, request.Gate, new(request.At, request.By, "refit-requested", request.RequestId, request.Reason));
                return transaction.ExecuteAsync();
            },
            cancellation);
    }

    // Where only the pointer was lost, the history still knows how far the epoch had come.
    private static async Task<long> EpochAsync(IDatabase database, OperatorStep step) =>
        step.Seen?.Epoch ?? (await ActivationHistory.ReadAsync(database, step.Gate, most: 1) is [var last] ? last.Epoch : 0);

    private static StatisticsActivated Activated(OperatorStep step, long version, long epoch) => new()
    {
        Gate = step.Gate, Version = version, Epoch = epoch, Previous = step.Seen?.Version, By = step.Audit[0].Actor,
        Reason = step.Audit[0].Detail, At = step.Audit[0].At,
    };
}
