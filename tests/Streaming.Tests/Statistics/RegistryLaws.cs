using System.Security.Cryptography;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Statistics;

/// <summary>What the registry promises of headers, activation, roll-back and retention, whichever server is behind it.</summary>
public abstract class RegistryLaws : StoreOnAServer
{
    private static readonly StatisticsApproval Approval = new() { By = "ada", Reason = "Looked at it.", At = Now };

    [Fact]
    public async Task PublishAsync_Header_IsKeptWithItsVersionAndTheHashOfTheBlob()
    {
        var store = Store();
        byte[] blob = [1, 2, 3];
        var version = await store.PublishAsync("header", blob, Draft("another gate"), Cancellation);
        var expected = Draft("header") with { Version = version, BlobSha256 = Convert.ToHexStringLower(SHA256.HashData(blob)) };
        Assert.Equal(Json(expected), Json((await store.ReadHeaderAsync("header", version, Cancellation))!));
        Assert.Contains("header", await store.ListGatesAsync(Cancellation));
        Assert.Null(await store.ReadHeaderAsync("header", version + 1, Cancellation));
    }

    [Fact]
    public async Task ReadHeaderAsync_HeaderOfAnotherVersion_Throws()
    {
        var store = Store();
        await PublishAsync(store, "mixed", 2);
        await Connection().RunAsync(
            async (d, _) => await d.StringSetAsync(
                RedisKeys.StatisticsHeader("mixed", 2), await d.StringGetAsync(RedisKeys.StatisticsHeader("mixed", 1))),
            Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(() => store.ReadHeaderAsync("mixed", 2, Cancellation));
    }

    [Fact]
    public async Task ListVersionsAsync_VersionFromBeforeHeaders_IsListedAndCanBeActivatedAgain()
    {
        var store = Store();
        await Connection().RunAsync(
            async (d, _) => await d.StringSetAsync(RedisKeys.StatisticsBlob("older", 1), new byte[] { 9 })
                && await d.StringIncrementAsync(RedisKeys.StatisticsCounter("older")) == 1,
            Cancellation);
        await store.ActivateAsync("older", 1, "fit", Cancellation);
        var newer = await store.PublishAsync("older", new byte[] { 1 }, Draft("older"), Cancellation);
        var listed = await store.ListVersionsAsync("older", Cancellation);
        Assert.Equal([newer, 1], listed.Select(v => v.Version));
        Assert.Null(listed[1].Header);
        Assert.Equal([9], await store.ReadBlobAsync("older", 1, Cancellation));
        await store.ActivateAsync("older", newer, "fit", Cancellation);
        Assert.Equal(1, (await store.RollBackAsync("older", "ada", null, Cancellation))!.Version);
    }

    [Fact]
    public async Task TryActivateAsync_TwoActivatorsOfOneEpoch_OneActivates()
    {
        var store = Store();
        await PublishAsync(store, "race-of-two", 3);
        var seen = (await store.ActivateAsync("race-of-two", 1, "fit", Cancellation)).Epoch;
        var told = await Task.WhenAll(new long[] { 2, 3 }.Select(
            v => Store().TryActivateAsync("race-of-two", new(v, $"activator of {v}") { IfEpoch = seen }, Cancellation)));
        var winner = Assert.Single(told, t => t is not null)!;
        Assert.Equal(seen + 1, winner.Epoch);
        Assert.Equal(new ActiveStatistics(winner.Version, winner.Epoch, Now), await store.ReadActiveAsync("race-of-two", Cancellation));
        Assert.Equal(2, (await store.ReadHistoryAsync("race-of-two", 10, Cancellation)).Count);
    }

    [Fact]
    public async Task TryActivateAsync_EpochZero_IsForAGateWithoutActiveVersion()
    {
        var store = Store();
        await PublishAsync(store, "first", 1);
        var activation = new Activation(1, "fit", "The first.") { IfEpoch = 0 };
        Assert.Equal("The first.", (await store.TryActivateAsync("first", activation, Cancellation))!.Reason);
        Assert.Null(await store.TryActivateAsync("first", activation, Cancellation));
    }

    [Fact]
    public async Task RollBackAsync_SeveralTimes_GoesFurtherBackAndNeverToWhatWasRolledBackFrom()
    {
        var store = Store();
        await PublishAsync(store, "back", 4);
        foreach (var version in new long[] { 1, 2, 3 }) await store.ActivateAsync("back", version, "fit", Cancellation);
        Assert.Equal(2, await BackAsync());
        await store.ActivateAsync("back", 4, "fit", Cancellation);
        Assert.Equal([2L, 1L, null], [await BackAsync(), await BackAsync(), await BackAsync()]);
        Assert.Equal(1, (await store.ReadActiveAsync("back", Cancellation))!.Value.Version);

        async Task<long?> BackAsync() => (await store.RollBackAsync("back", "ada", "It was worse.", Cancellation))?.Version;
    }

    [Fact]
    public async Task RollBackAsync_NothingWasActive_ChangesNothing()
    {
        var store = Store();
        await PublishAsync(store, "nothing-back", 1);
        Assert.Null(await store.RollBackAsync("nothing-back", "ada", null, Cancellation));
        Assert.Null(await store.ReadActiveAsync("nothing-back", Cancellation));
    }

    [Fact]
    public async Task RollBackAsync_PreviousVersionIsGone_GoesToTheOneBeforeIt()
    {
        var store = Store();
        await PublishAsync(store, "gap", 3);
        foreach (var version in new long[] { 1, 2, 3 }) await store.ActivateAsync("gap", version, "fit", Cancellation);
        Assert.True(await store.DeleteAsync("gap", 2, Cancellation));
        Assert.Equal(1, (await store.RollBackAsync("gap", "ada", null, Cancellation))!.Version);
    }

    [Fact]
    public async Task DeleteAsync_ActiveVersion_IsRefused()
    {
        var store = Store();
        await PublishAsync(store, "delete", 2);
        await store.ActivateAsync("delete", 1, "fit", Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.DeleteAsync("delete", 1, Cancellation));
        Assert.True(await store.DeleteAsync("delete", 2, Cancellation));
        Assert.False(await store.DeleteAsync("delete", 2, Cancellation));
        Assert.Equal([1L], (await store.ListVersionsAsync("delete", Cancellation)).Select(v => v.Version));
        Assert.Null(await store.ReadHeaderAsync("delete", 2, Cancellation));
    }

    [Fact]
    public async Task PublishAsync_MoreThanAreKept_RemovesTheOldestButNotWhatIsNeeded()
    {
        var store = Store(Settings with { KeptVersions = 2, KeptParents = 1 });
        // 1 was active and is where a roll-back leads, 2 is active, 3 is approved.
        foreach (var version in new long[] { 1, 2 })
        {
            await PublishAsync(store, "kept", 1);
            await store.ActivateAsync("kept", version, "fit", Cancellation);
        }

        await PublishAsync(store, "kept", 1);
        await store.ApproveAsync("kept", 3, Approval, Cancellation);
        await PublishAsync(store, "kept", 4);
        Assert.Equal([7, 6, 3, 2, 1L], (await store.ListVersionsAsync("kept", Cancellation)).Select(v => v.Version));
        Assert.Null(await store.ReadBlobAsync("kept", 5, Cancellation));
        Assert.Null(await store.ReadHeaderAsync("kept", 5, Cancellation));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => store.ActivateAsync("kept", 5, "fit", Cancellation));
    }

    [Fact]
    public async Task PublishAsync_ParentsOfTheActiveVersion_AreKept()
    {
        var store = Store(Settings with { KeptVersions = 4, KeptParents = 2 });
        for (var parent = 0L; parent < 4; parent++)
            await store.PublishAsync("parents", new byte[] { 1 }, Draft("parents") with { Parent = parent == 0 ? null : parent }, Cancellation);
        await store.ActivateAsync("parents", 4, "fit", Cancellation);
        await PublishAsync(store, "parents", 4);
        Assert.Equal([8, 7, 6, 5, 4, 3, 2L], (await store.ListVersionsAsync("parents", Cancellation)).Select(v => v.Version));
    }

    [Fact]
    public async Task ApproveAsync_Version_SaysWhoAndWhyAndChangesNothingElse()
    {
        var store = Store();
        var version = await store.PublishAsync("approve", new byte[] { 1 }, Draft("approve"), Cancellation);
        var before = (await store.ReadHeaderAsync("approve", version, Cancellation))!;
        Assert.False(before.HumanApproved);
        var after = await store.ApproveAsync("approve", version, Approval, Cancellation);
        Assert.Equal(Json(before with { Approval = Approval }), Json(after));
        Assert.Equal(Json(after), Json((await store.ReadHeaderAsync("approve", version, Cancellation))!));
        Assert.Null(await store.ReadActiveAsync("approve", Cancellation));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => store.ApproveAsync("approve", 9, Approval, Cancellation));
    }

    [Fact]
    public async Task AddAsync_RefitRequests_WaitInTheirOrderAndOnceEach()
    {
        var requests = new RefitRequests(Connection());
        RefitRequested[] asked = [.. new[] { "a", "b" }.Select(
            id => new RefitRequested { RequestId = id, Gate = "requests", Reason = "New parts.", By = "ada", At = Now })];
        Assert.Equal(1, await requests.AddAsync(asked[0], Cancellation));
        Assert.Equal(2, await requests.AddAsync(asked[1], Cancellation));
        Assert.Equal(2, await requests.AddAsync(asked[0] with { By = "eve" }, Cancellation));
        var waiting = await Connection().RunAsync((d, _) => d.ListRangeAsync(RedisKeys.RefitRequests("requests")), Cancellation);
        Assert.Equal(asked, waiting.Select(w => JsonSerializer.Deserialize((byte[])w!, WireJson.Default.RefitRequested)));
    }

    private static string Json(StatisticsVersion header) => JsonSerializer.Serialize(header, WireJson.Default.StatisticsVersion);

    private static async Task PublishAsync(RedisStatisticsStore store, string gate, int count)
    {
        for (var i = 0; i < count; i++) await store.PublishAsync(gate, new byte[] { (byte)i }, Draft(gate), Cancellation);
    }
}

/// <summary>On the embedded Redis.</summary>
public sealed class EmbeddedRegistryTests(EmbeddedRedisFixture redis) : RegistryLaws, IClassFixture<EmbeddedRedisFixture>
{
    protected override Streaming.Redis.RedisSettings Settings => redis.Settings;
}

/// <summary>On redis-server, where it is installed.</summary>
public sealed class RealRegistryTests(RedisServerFixture redis) : RegistryLaws, IClassFixture<RedisServerFixture>
{
    protected override Streaming.Redis.RedisSettings Settings => redis.Settings;
}
