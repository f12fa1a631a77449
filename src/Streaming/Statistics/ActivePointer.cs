using System.Globalization;
using System.Text.Json;
using MoodStream.Contracts;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>A gate's active pointer as it is in Redis.</summary>
/// <param name="Active">The active version and its epoch.</param>
/// <param name="By">Who activated it.</param>
/// <param name="Previous">The version that was active before; null for the first.</param>
internal sealed record ActivePointer(ActiveStatistics Active, string By, long? Previous)
{
    private const string Version = "version", Epoch = "epoch", ByWhom = "by", At = "at", PreviousVersion = "previous";

    /// <summary>The pointer; null where the gate has none.</summary>
    /// <exception cref="InvalidDataException">It is not one of ours.</exception>
    public static async Task<ActivePointer?> ReadAsync(IDatabase database, string gate)
    {
        var key = RedisKeys.ActiveStatistics(gate);
        var fields = (await database.HashGetAllAsync(key)).ToDictionary(e => e.Name.ToString(), e => e.Value);
        if (fields.Count == 0) return null;
        if (!fields.GetValueOrDefault(Version).TryParse(out long version) || !fields.GetValueOrDefault(Epoch).TryParse(out long epoch)
            || !DateTimeOffset.TryParseExact(
                fields.GetValueOrDefault(At), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at))
            throw new InvalidDataException($"Redis key {key} is no active pointer.");

        long? previous = fields.GetValueOrDefault(PreviousVersion).TryParse(out long number) ? number : null;
        return new ActivePointer(new ActiveStatistics(version, epoch, at), fields.GetValueOrDefault(ByWhom).ToString(), previous);
    }

    /// <summary>Holds while the pointer is this one: every activation raises the epoch.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="pointer">The pointer as it was read; null where there was none.</param>
    public static Condition Unmoved(string gate, ActivePointer? pointer)
    {
        var key = RedisKeys.ActiveStatistics(gate);
        return pointer is { } was ? Condition.HashEqual(key, Epoch, was.Active.Epoch) : Condition.KeyNotExists(key);
    }

    /// <summary>Moves the pointer, notes it in the history and announces it: all at once, or nothing where it has moved since.</summary>
    public static async Task<bool> TryMoveAsync(IDatabase database, ActivePointer? before, StatisticsActivated activated, int historyLength)
    {
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Unmoved(activated.Gate, before));
        AddMove(transaction, activated, historyLength);
        return await transaction.ExecuteAsync();
    }

    /// <summary>Adds the move to a transaction, which fails as a whole where the version is not kept any more.</summary>
    public static void AddMove(ITransaction transaction, StatisticsActivated activated, int historyLength)
    {
        var (gate, history) = (activated.Gate, RedisKeys.StatisticsHistory(activated.Gate));
        transaction.AddCondition(Condition.KeyExists(RedisKeys.StatisticsBlob(gate, activated.Version)));
        _ = transaction.HashSetAsync(RedisKeys.ActiveStatistics(gate),
        [
            new(Version, activated.Version), new(Epoch, activated.Epoch), new(ByWhom, activated.By),
            new(At, activated.At.ToString("O", CultureInfo.InvariantCulture)),
            new(PreviousVersion, activated.Previous ?? RedisValue.EmptyString),
        ]);
        _ = transaction.ListLeftPushAsync(history, JsonSerializer.SerializeToUtf8Bytes(activated, WireJson.Default.StatisticsActivated));
        _ = transaction.ListTrimAsync(history, 0, historyLength - 1);
        _ = transaction.PublishAsync(RedisChannel.Literal(RedisKeys.ActivationChannel), gate);
    }
}
