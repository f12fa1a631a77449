using System.Globalization;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Trainer.Accumulation;

/// <summary>What is stored of one partition and gate.</summary>
/// <param name="Epoch">Number of the ownership.</param>
/// <param name="Offset">Offset to go on at.</param>
/// <param name="Sequence">Place that the next image will have.</param>
/// <param name="SpaceKey">What the features mean; null where nothing was learned yet.</param>
/// <param name="Forgetting">Forgetting factor that the moments were made with.</param>
/// <param name="Moments">Moments as bytes; null where there are none.</param>
/// <param name="Images">The images of the window.</param>
internal sealed record StoredPartition(
    long Epoch, long Offset, long Sequence, string? SpaceKey, double Forgetting, byte[]? Moments, IReadOnlyList<LearnedImage> Images);

/// <summary>What is to be stored of one partition and gate.</summary>
/// <param name="Gate">Gate.</param>
/// <param name="Name">Partition.</param>
/// <param name="Epoch">Ownership under which it was made.</param>
/// <param name="Offset">Offset to go on at.</param>
/// <param name="Sequence">Place that the next image will have.</param>
/// <param name="SpaceKey">What the features mean.</param>
/// <param name="Forgetting">Forgetting factor of the moments.</param>
/// <param name="Moments">Moments as bytes; null where they have not changed.</param>
/// <param name="Restarted">Whether all images stored before are to go.</param>
/// <param name="Deleted">Ids of images that have gone.</param>
/// <param name="Put">Images that have come or changed, by id.</param>
internal sealed record PartitionChanges(
    string Gate, PartitionName Name, long Epoch, long Offset, long Sequence, string SpaceKey, double Forgetting, byte[]? Moments,
    bool Restarted, IReadOnlyList<string> Deleted, IReadOnlyList<(string Id, byte[] Bytes)> Put);

/// <summary>What partitions taught the gates, in Redis. Offsets, moments and images of a partition move in one transaction.</summary>
/// <remarks>
/// Fencing: whoever takes a partition raises its epoch, and a store under an older epoch is refused, so that a trainer that has lost a
/// partition without noticing cannot overwrite what its successor counts. A store repeated after a lost answer changes nothing.
/// Thread-safety: any thread.
/// </remarks>
internal sealed class PartitionStore(RedisConnection redis)
{
    private const string Epoch = "epoch", Offset = "offset", Sequence = "sequence", Space = "space", Forgetting = "forgetting", Moments = "moments";

    /// <summary>Gates that trainers have learned of.</summary>
    public Task<IReadOnlyList<string>> GatesAsync(CancellationToken cancellation) => redis.RunAsync<IReadOnlyList<string>>(
        async (database, _) => [.. (await database.SetMembersAsync(RedisKeys.TrainerGates())).Select(g => (string)g!).Order(StringComparer.Ordinal)],
        cancellation);

    /// <summary>Partitions that taught a gate something.</summary>
    public Task<IReadOnlyList<PartitionName>> PartitionsAsync(string gate, CancellationToken cancellation) => redis.RunAsync<IReadOnlyList<PartitionName>>(
        async (database, _) => [.. (await database.SetMembersAsync(RedisKeys.TrainerPartitions(gate))).Select(p => PartitionName.Parse(p!))],
        cancellation);

    /// <summary>Takes a partition of a gate that is new to it, to go on at an offset; where it is known after all, at its own.</summary>
    public async Task<StoredPartition> OpenAsync(string gate, PartitionName name, long offset, CancellationToken cancellation)
    {
        await redis.RunAsync(
            async (database, token) =>
            {
                // The gate comes first: whoever sees it looks for its partitions, and finds none at worst.
                await database.SetAddAsync(RedisKeys.TrainerGates(), gate);
                var transaction = database.CreateTransaction();
                _ = transaction.SetAddAsync(RedisKeys.TrainerPartitions(gate), name.ToString());
                _ = transaction.HashSetAsync(RedisKeys.TrainerPartition(gate, name.Topic, name.Partition), Offset, offset, When.NotExists);
                return await transaction.ExecuteAsync();
            },
            cancellation);
        return await TakeAsync(gate, name, cancellation);
    }

    /// <summary>Takes a partition: from now on stores of earlier owners are refused.</summary>
    public async Task<StoredPartition> TakeAsync(string gate, PartitionName name, CancellationToken cancellation)
    {
        await redis.RunAsync(
            (database, _) => database.HashIncrementAsync(RedisKeys.TrainerPartition(gate, name.Topic, name.Partition), Epoch), cancellation);
        return await ReadAsync(gate, name, cancellation);
    }

    /// <summary>What is stored of a partition, all of one moment.</summary>
    /// <exception cref="InvalidDataException">What is stored is none of ours.</exception>
    public Task<StoredPartition> ReadAsync(string gate, PartitionName name, CancellationToken cancellation) => redis.RunAsync(
        async (database, token) =>
        {
            var transaction = database.CreateTransaction();
            var fields = transaction.HashGetAllAsync(RedisKeys.TrainerPartition(gate, name.Topic, name.Partition));
            var images = transaction.HashGetAllAsync(RedisKeys.TrainerImages(gate, name.Topic, name.Partition));
            await transaction.ExecuteAsync();
            return Stored((await fields).ToDictionary(f => f.Name.ToString(), f => f.Value), await images);
        },
        cancellation);

    /// <summary>The offset to go on at; 0 where the partition taught the gate nothing yet.</summary>
    public Task<long> OffsetAsync(string gate, PartitionName name, CancellationToken cancellation) => NumberAsync(gate, name, Offset, cancellation);

    /// <summary>Images that have arrived; 0 where the partition taught the gate nothing yet.</summary>
    public Task<long> SequenceAsync(string gate, PartitionName name, CancellationToken cancellation) => NumberAsync(gate, name, Sequence, cancellation);

    /// <summary>Stores changes, all or nothing.</summary>
    /// <returns>Whether they were stored; false where the partition has another owner by now.</returns>
    public Task<bool> TryStoreAsync(PartitionChanges changes, CancellationToken cancellation) => redis.RunAsync(
        (database, token) =>
        {
            RedisKey partition = RedisKeys.TrainerPartition(changes.Gate, changes.Name.Topic, changes.Name.Partition);
            RedisKey images = RedisKeys.TrainerImages(changes.Gate, changes.Name.Topic, changes.Name.Partition);
            var transaction = database.CreateTransaction();
            transaction.AddCondition(Condition.HashEqual(partition, Epoch, changes.Epoch));
            _ = transaction.HashSetAsync(partition,
            [
                new(Offset, changes.Offset), new(Sequence, changes.Sequence), new(Space, changes.SpaceKey),
                new(Forgetting, changes.Forgetting.ToString("R", CultureInfo.InvariantCulture)),
                .. changes.Moments is { } moments ? [new HashEntry(Moments, moments)] : Array.Empty<HashEntry>(),
            ]);
            if (changes.Restarted) _ = transaction.KeyDeleteAsync(images);
            if (changes.Deleted.Count > 0) _ = transaction.HashDeleteAsync(images, [.. changes.Deleted.Select(id => (RedisValue)id)]);
            if (changes.Put.Count > 0) _ = transaction.HashSetAsync(images, [.. changes.Put.Select(p => new HashEntry(p.Id, p.Bytes))]);
            return transaction.ExecuteAsync();
        },
        cancellation);

    private Task<long> NumberAsync(string gate, PartitionName name, string field, CancellationToken cancellation) => redis.RunAsync(
        async (database, _) => (long)await database.HashGetAsync(RedisKeys.TrainerPartition(gate, name.Topic, name.Partition), field), cancellation);

    private static StoredPartition Stored(Dictionary<string, RedisValue> fields, HashEntry[] images) => new(
        (long)fields.GetValueOrDefault(Epoch, 0),
        (long)fields.GetValueOrDefault(Offset, 0),
        (long)fields.GetValueOrDefault(Sequence, 0),
        fields.GetValueOrDefault(Space),
        fields.TryGetValue(Forgetting, out var text) ? double.Parse((string)text!, CultureInfo.InvariantCulture) : 1,
        fields.GetValueOrDefault(Moments),
        [.. images.Select(i => LearnedImage.Read(i.Name!, (byte[])i.Value!))]);
}
