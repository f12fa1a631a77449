using MoodStream.Contracts;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>What people say reaches the gate: a kind of image that they release is accepted after a refit, and held back again once that is rolled back, whatever refit comes by itself.</summary>
public sealed class TeachingTests(TaughtDemo demo, ITestOutputHelper output) : IClassFixture<TaughtDemo>
{
    private const int Taught = 400, Asked = 100;

    [Fact]
    public async Task Refit_AfterPeopleReleaseOneKind_AcceptsItUntilRolledBack()
    {
        var first = await demo.ActiveAsync();
        var held = HeldBack(await demo.PutFrogsAsync("frogs", Taught));
        Assert.True(held > 0.7 * Taught, $"{held} of {Taught} frogs were held back by a gate that knows none");

        var released = 0;
        await Eventually.HoldsAsync(async () => (released += await demo.ReleaseAsync("frogs")) == held,
            "every frog that was held back is released", TimeSpan.FromMinutes(2));
        await demo.LearnedAsync(released);
        var (version, active) = await demo.RefitAsync();
        Assert.False(active, "the guards let so large a change pass without a person's word");
        await demo.ApproveAsync(version);
        var after = await HeldAsync("taught", version);
        await demo.RollBackAsync(first);
        Assert.False((await demo.RefitByItselfAsync()).Active, "a refit that nobody asked for undid the roll-back");
        var back = await HeldAsync("rolled", first);

        output.WriteLine($"frogs held back: {held} of {Taught} before, {after} of {Asked} after the refit, {back} of {Asked} after the roll-back");
        Assert.True(after < Asked / 2 && after < held * Asked / Taught / 2, $"{after} of {Asked} frogs are still held back after the refit");
        Assert.True(back > 0.7 * Asked, $"only {back} of {Asked} frogs are held back after the roll-back");
    }

    private async Task<int> HeldAsync(string source, long version)
    {
        await demo.JudgedByAsync(version);
        var frogs = await demo.PutFrogsAsync(source, Asked);
        Assert.True(frogs.All(f => f.StatisticsVersion == version), $"version {version} was left while it was asked: {await demo.HistoryAsync()}");
        return HeldBack(frogs);
    }

    private static int HeldBack(IEnumerable<ImageScored> frogs) => frogs.Count(f => f.Verdict == Verdict.Review);
}
