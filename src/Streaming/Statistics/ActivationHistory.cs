using System.Text.Json;
using MoodStream.Contracts;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>A gate's activations in Redis, and what they say of the way it went.</summary>
internal static class ActivationHistory
{
    /// <summary>Activations, newest first.</summary>
    public static async Task<IReadOnlyList<StatisticsActivated>> ReadAsync(IDatabase database, string gate, int most)
    {
        var entries = await database.ListRangeAsync(RedisKeys.StatisticsHistory(gate), 0, most - 1);
        return [.. entries.Select(e => JsonSerializer.Deserialize((byte[])e!, WireJson.Default.StatisticsActivated)!)];
    }

    /// <summary>Puts activations back, where the gate has none.</summary>
    /// <returns>Whether they were put back.</returns>
    public static async Task<bool> RestoreAsync(IDatabase database, string gate, IReadOnlyList<StatisticsActivated> newestFirst)
    {
        if (newestFirst.Count == 0) return false;
        var history = RedisKeys.StatisticsHistory(gate);
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists(history));
        _ = transaction.ListRightPushAsync(
            history,
            [.. newestFirst.Select(a => (RedisValue)JsonSerializer.SerializeToUtf8Bytes(a, WireJson.Default.StatisticsActivated))]);
        return await transaction.ExecuteAsync();
    }

    /// <summary>Versions that were active before the present one and were not rolled back from, the latest first.</summary>
    /// <param name="newestFirst">The gate's activations.</param>
    /// <remarks>
    /// An activation of a version that is on the way gives up all that came after it: of 1, 2, 3, 2 the way is 1, 2, so that a roll-back
    /// goes to 1 and not to 3 again.
    /// </remarks>
    public static IReadOnlyList<long> Earlier(IEnumerable<StatisticsActivated> newestFirst)
    {
        var way = new List<long>();
        foreach (var version in newestFirst.Reverse().Select(a => a.Version))
        {
            var place = way.IndexOf(version);
            if (place >= 0) way.RemoveRange(place, way.Count - place);
            way.Add(version);
        }

        way.Reverse();
        return [.. way.Skip(1)];
    }
}
