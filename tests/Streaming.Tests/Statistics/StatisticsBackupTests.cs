using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit.Embedded;
using StackExchange.Redis;

namespace MoodStream.StreamingTests.Statistics;

/// <summary>The registry in files, and back.</summary>
public sealed class StatisticsBackupTests(EmbeddedRedisFixture redis) : StoreOnAServer, IClassFixture<EmbeddedRedisFixture>
{
    private static readonly string[] Files = ["1.safetensors", "2.safetensors", "3.safetensors", GateBackup.FileName];

    protected override RedisSettings Settings => redis.Settings;

    [Fact]
    public async Task ExportImport_RegistryWasLost_ComesBackByteForByteAtAHigherEpoch()
    {
        using var folder = new TemporaryFolder();
        var store = Store();
        await FillAsync(store, "lost");
        var backup = new StatisticsBackup(store, TimeProvider.System);
        await backup.ExportAsync("lost", folder.Path, Cancellation);
        Assert.Equal(Files, Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order());
        var history = await store.ReadHistoryAsync("lost", 10, Cancellation);
        var headers = await HeadersAsync(store, "lost");

        await LoseAsync("lost");
        var restored = await backup.ImportAsync(folder.Path, "ada", (_, _) => null, Cancellation);
        Assert.Equal([1, 2, 3L], restored.Restored);
        Assert.Empty(restored.Refused);
        Assert.Equal((2, 4, "ada"), (restored.Activated!.Version, restored.Activated.Epoch, restored.Activated.By));
        Assert.Equal(headers, await HeadersAsync(store, "lost"));
        Assert.Equal([2], await store.ReadBlobAsync("lost", 2, Cancellation));
        Assert.Equal(history, (await store.ReadHistoryAsync("lost", 10, Cancellation)).Skip(1));
        Assert.Equal(4, await store.PublishAsync("lost", new byte[] { 4 }, Draft("lost"), Cancellation));
        Assert.Equal(1, (await store.RollBackAsync("lost", "ada", null, Cancellation))!.Version);
    }

    [Fact]
    public async Task ImportAsync_DamagedFile_IsRefusedByNameAndTheOthersComeBack()
    {
        using var folder = new TemporaryFolder();
        var store = Store();
        await FillAsync(store, "damaged");
        var backup = new StatisticsBackup(store, TimeProvider.System);
        await backup.ExportAsync("damaged", folder.Path, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "2.safetensors"), [99], Cancellation);
        File.Delete(Path.Combine(folder.Path, "1.safetensors"));

        await LoseAsync("damaged");
        var restored = await backup.ImportAsync(folder.Path, "ada", (_, _) => null, Cancellation);
        Assert.Equal([3L], restored.Restored);
        Assert.Collection(
            restored.Refused,
            r => Assert.Contains("1.safetensors: the file of version 1 is missing", r, StringComparison.Ordinal),
            r => Assert.Contains("2.safetensors: version 2 is damaged", r, StringComparison.Ordinal));
        // The active one is among them: nothing else is made active in its place.
        Assert.Null(restored.Activated);
        Assert.Null(await store.ReadActiveAsync("damaged", Cancellation));
        Assert.Null(await store.ReadBlobAsync("damaged", 2, Cancellation));
    }

    [Fact]
    public async Task ImportAsync_GateIsThere_StaysAsItIs()
    {
        using var folder = new TemporaryFolder();
        var store = Store();
        await FillAsync(store, "there");
        var backup = new StatisticsBackup(store, TimeProvider.System);
        await backup.ExportAsync("there", folder.Path, Cancellation);
        await store.DeleteAsync("there", 3, Cancellation);
        await store.RestoreAsync("there", new KeptVersion(3, null), new byte[] { 33 }, Cancellation);
        await store.ActivateAsync("there", 1, "ada", Cancellation);

        var restored = await backup.ImportAsync(folder.Path, "ada", (_, _) => null, Cancellation);
        Assert.Equal([1, 2L], restored.There);
        Assert.Contains("has another version 3 already", Assert.Single(restored.Refused), StringComparison.Ordinal);
        Assert.Null(restored.Activated);
        Assert.Equal(1, (await store.ReadActiveAsync("there", Cancellation))!.Value.Version);
        Assert.Equal([33], await store.ReadBlobAsync("there", 3, Cancellation));
    }

    [Fact]
    public async Task ImportAsync_ListIsDamaged_Throws()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, GateBackup.FileName), "{", Cancellation);
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(
            () => new StatisticsBackup(Store(), TimeProvider.System).ImportAsync(folder.Path, "ada", (_, _) => null, Cancellation));
        Assert.Contains(GateBackup.FileName, thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Versions 1 to 3, of which 2 is active, after 1 and itself.</summary>
    private static async Task FillAsync(RedisStatisticsStore store, string gate)
    {
        foreach (var version in new byte[] { 1, 2, 3 })
            await store.PublishAsync(gate, new[] { version }, Draft(gate) with { Parent = version == 1 ? null : version - 1 }, Cancellation);
        foreach (var version in new long[] { 1, 2, 2 }) await store.ActivateAsync(gate, version, "fit", Cancellation);
    }

    private static async Task<IReadOnlyList<string>> HeadersAsync(RedisStatisticsStore store, string gate) =>
        [.. (await store.ListVersionsAsync(gate, Cancellation)).Select(v => JsonSerializer.Serialize(v.Header!, WireJson.Default.StatisticsVersion))];

    /// <summary>As a Redis that came back empty.</summary>
    private Task<long> LoseAsync(string gate) => Connection().RunAsync(
        (d, _) => d.KeyDeleteAsync(
        [
            RedisKeys.ActiveStatistics(gate), RedisKeys.StatisticsHistory(gate), RedisKeys.StatisticsCounter(gate), RedisKeys.StatisticsVersions(gate),
            .. Enumerable.Range(1, 3).SelectMany(v => new RedisKey[] { RedisKeys.StatisticsBlob(gate, v), RedisKeys.StatisticsHeader(gate, v) }),
        ]),
        Cancellation);
}
