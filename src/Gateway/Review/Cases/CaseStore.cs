using System.Globalization;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Features;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>Review cases in Redis. Several gateways may share them.</summary>
/// <remarks>
/// A case is stored by one script that compares its version, moves it between the orders and adds to the outbox: all or nothing, so
/// that no two gateways can give one case away twice. Done means: Redis has it. Thread-safety: any thread.
/// </remarks>
internal sealed class CaseStore(RedisConnection redis, ReviewSettings settings)
{
    private const string StoreScript = """
        local version = redis.call('HGET', KEYS[1], 'v')
        if not version then version = '0' end
        if version ~= ARGV[2] then return 0 end
        redis.call('HSET', KEYS[1], 'v', ARGV[3], 'd', ARGV[4])
        if ARGV[5] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[5]) end
        if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 's', ARGV[6]) end
        local orders = #KEYS - 2
        for i = 1, orders do
          local place = ARGV[6 + i]
          if place == '' then redis.call('ZREM', KEYS[2 + i], ARGV[1]) else redis.call('ZADD', KEYS[2 + i], place, ARGV[1]) end
        end
        for i = 7 + orders, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
        return 1
        """;

    /// <summary>Ids from the front of an order that are offered to nobody else, which are then offered here until a time.</summary>
    private const string OfferScript = """
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
        local offered, from, wanted = {}, 0, tonumber(ARGV[3])
        while #offered < wanted do
          local front = redis.call('ZRANGE', KEYS[1], from, from + 63)
          if #front == 0 then break end
          for i = 1, #front do
            if #offered < wanted and not redis.call('ZSCORE', KEYS[2], front[i]) then
              redis.call('ZADD', KEYS[2], ARGV[2], front[i])
              offered[#offered + 1] = front[i]
            end
          end
          from = from + 64
        end
        return offered
        """;

    /// <summary>The case; null where there is none.</summary>
    public async Task<ReviewCase?> ReadAsync(string gate, string caseId, CancellationToken cancellation) =>
        (await ReadAsync(gate, [caseId], cancellation)) is [var only] ? only : null;

    /// <summary>The cases that there are of these ids, in their order.</summary>
    public Task<IReadOnlyList<ReviewCase>> ReadAsync(string gate, IReadOnlyList<string> caseIds, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<ReviewCase>>(
            async (database, _) =>
            {
                var texts = await Task.WhenAll(caseIds.Select(id => database.HashGetAsync(RedisKeys.ReviewCase(gate, id), "d")));
                return [.. texts.Where(t => t.HasValue).Select(t => JsonSerializer.Deserialize((byte[])t!, CaseJson.Default.ReviewCase)!)];
            },
            cancellation);

    /// <summary>The sketch of each case's feature, in the order of the ids; null where there is none.</summary>
    public Task<IReadOnlyList<byte[]?>> ReadSketchesAsync(string gate, IReadOnlyList<string> caseIds, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<byte[]?>>(
            async (database, _) => [.. (await Task.WhenAll(caseIds.Select(id => database.HashGetAsync(RedisKeys.ReviewCase(gate, id), "s"))))
                .Select(sketch => (byte[]?)sketch)],
            cancellation);

    /// <summary>Stores what a step made of a case, unless the case has changed meanwhile.</summary>
    /// <param name="before">The case that the step began with; null where it opens one.</param>
    /// <param name="step">A step that changes something.</param>
    /// <param name="now">When, UTC.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it was stored; false where the case is another one by now.</returns>
    public Task<bool> TryStoreAsync(ReviewCase? before, CaseStep step, DateTimeOffset now, CancellationToken cancellation)
    {
        var after = step.After!;
        RedisKey[] keys =
        [
            RedisKeys.ReviewCase(after.Gate, after.CaseId), RedisKeys.ReviewOutbox(after.Gate),
            .. CaseIndex.All.Select(order => (RedisKey)RedisKeys.ReviewIndex(after.Gate, order)),
        ];
        RedisValue[] values =
        [
            after.CaseId, before?.Version ?? 0, after.Version, JsonSerializer.SerializeToUtf8Bytes(after, CaseJson.Default.ReviewCase),
            after.State == CaseState.Decided ? (long)settings.KeepDecided.TotalMilliseconds : RedisValue.EmptyString,
            // The feature does not change, and neither does its sketch.
            before is null && FeatureSketch.Of(after.Scored) is { } sketch ? sketch : RedisValue.EmptyString,
            .. CaseIndex.ScoresOf(after).Select(Place),
            JsonSerializer.SerializeToUtf8Bytes(DecisionRecords.ItemOf(before, step, now), OutboxJson.Default.OutboxItem),
        ];
        return redis.RunAsync(
            async (database, _) => (long)await database.ScriptEvaluateAsync(StoreScript, keys, values) == 1, cancellation);
    }

    /// <summary>
    /// Offers cases from the front of an order to one claimer: no other is offered them until then, so that many claimers at a time
    /// do not all reach for the same case. An offer gives no right; who stores the claim first has the case.
    /// </summary>
    /// <param name="gate">Gate.</param>
    /// <param name="order">Order.</param>
    /// <param name="count">Most of them.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="until">When an offer ends that is not withdrawn, UTC.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<IReadOnlyList<string>> OfferAsync(
        string gate, string order, int count, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<string>>(
            async (database, _) => Texts((RedisValue[])(await database.ScriptEvaluateAsync(
                OfferScript, [RedisKeys.ReviewIndex(gate, order), RedisKeys.ReviewOffers(gate)],
                [Place(CaseIndex.Milliseconds(now)), Place(CaseIndex.Milliseconds(until)), count]))!),
            cancellation);

    /// <summary>Ends offers.</summary>
    public Task<long> WithdrawAsync(string gate, IEnumerable<string> caseIds, CancellationToken cancellation) =>
        redis.RunAsync(
            (database, _) => database.SortedSetRemoveAsync(RedisKeys.ReviewOffers(gate), [.. caseIds.Select(id => (RedisValue)id)]), cancellation);

    /// <summary>Ids whose place in an order is up to a time.</summary>
    public Task<IReadOnlyList<string>> DueAsync(
        string gate, string order, DateTimeOffset until, int count, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<string>>(
            async (database, _) => Texts(await database.SortedSetRangeByScoreAsync(
                RedisKeys.ReviewIndex(gate, order), stop: CaseIndex.Milliseconds(until), take: count)),
            cancellation);

    /// <summary>Ids of an order that come after a place, with their places.</summary>
    /// <param name="gate">Gate.</param>
    /// <param name="order">Order.</param>
    /// <param name="after">Place and id of the last one that was seen; null from the front.</param>
    /// <param name="count">Most of them.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<IReadOnlyList<(string Id, double Place)>> AfterAsync(
        string gate, string order, (string Id, double Place)? after, int count, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<(string, double)>>(
            async (database, _) =>
            {
                var key = RedisKeys.ReviewIndex(gate, order);
                var from = after?.Place ?? double.NegativeInfinity;
                var found = new List<(string, double)>(count);
                for (var skip = 0; found.Count < count; skip += count)
                {
                    var entries = await database.SortedSetRangeByScoreWithScoresAsync(key, from, skip: skip, take: count);
                    // Ids of one place are in the order of their bytes, so those up to the last one seen come first.
                    found.AddRange(entries.Select(e => ((string)e.Element!, e.Score))
                        .Where(e => after is not { } last || e.Score > last.Place || string.CompareOrdinal(e.Item1, last.Id) > 0)
                        .Take(count - found.Count));
                    if (entries.Length < count) break;
                }
                return found;
            },
            cancellation);

    /// <summary>How many cases each order holds, by its name.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountAsync(string gate, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyDictionary<string, long>>(
            async (database, _) =>
            {
                var counts = await Task.WhenAll(CaseIndex.All.Select(o => database.SortedSetLengthAsync(RedisKeys.ReviewIndex(gate, o))));
                return CaseIndex.All.Zip(counts).ToDictionary(c => c.First, c => c.Second);
            },
            cancellation);

    /// <summary>Takes ids out of an order whose cases have expired.</summary>
    public Task<long> ForgetAsync(string gate, string order, DateTimeOffset until, CancellationToken cancellation) =>
        redis.RunAsync(
            (database, _) => database.SortedSetRemoveRangeByScoreAsync(
                RedisKeys.ReviewIndex(gate, order), double.NegativeInfinity, CaseIndex.Milliseconds(until)),
            cancellation);

    /// <summary>Remembers a gate.</summary>
    public Task<bool> AddGateAsync(string gate, CancellationToken cancellation) =>
        redis.RunAsync((database, _) => database.SetAddAsync(RedisKeys.ReviewGates(), gate), cancellation);

    /// <summary>Gates that have, or had, cases; by name.</summary>
    public Task<IReadOnlyList<string>> GatesAsync(CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<string>>(
            async (database, _) => [.. Texts(await database.SetMembersAsync(RedisKeys.ReviewGates())).Order(StringComparer.Ordinal)],
            cancellation);

    private static RedisValue Place(double? place) =>
        place is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : RedisValue.EmptyString;

    private static IReadOnlyList<string> Texts(RedisValue[] values) => [.. values.Select(v => (string)v!)];
}
