using CsCheck;
using MoodStream.Gateway.Live;

namespace MoodStream.GatewayTests.Live;

public sealed class LiveRingTests
{
    [Fact]
    public void Newest_AnyAdditions_AreTheLastDistinctIdsNewestFirst()
    {
        var additions = Gen.Select(Gen.Int[1, 8], Gen.Int[0, 15].Array[0, 60]);
        additions.Sample((capacity, ids) =>
        {
            var ring = new LiveRing(capacity);
            var model = new List<string>(); // newest first
            foreach (var id in ids.Select(number => $"image-{number}"))
            {
                var (_, isNew) = ring.Add(Result(id));
                Assert.Equal(!model.Contains(id), isNew);
                if (!isNew) continue;
                model.Insert(0, id);
                if (model.Count > capacity) model.RemoveAt(capacity);
            }
            var newest = ring.Newest(null, null, int.MaxValue);
            Assert.Equal(model, newest.Select(result => result.ImageId));
            Assert.Equal(newest.OrderByDescending(result => result.Sequence), newest);
            Assert.All(model, id => Assert.NotNull(ring.Find(id)));
            Assert.All(ids.Select(n => $"image-{n}").Except(model), id => Assert.Null(ring.Find(id)));
        }, seed: "0000KOIKqNC3");
    }

    [Fact]
    public void Add_RepeatedId_ReplacesTheEntryInItsPlace()
    {
        var ring = new LiveRing(10);
        ring.Add(Result("a"));
        ring.Add(Result("b"));

        var (kept, isNew) = ring.Add(Result("a") with { Verdict = LiveVerdict.Review });

        Assert.False(isNew);
        Assert.Equal(1, kept.Sequence);
        Assert.Equal(["b", "a"], ring.Newest(null, null, 10).Select(result => result.ImageId));
        Assert.Equal(LiveVerdict.Review, ring.Find("a")!.Verdict);
    }

    [Fact]
    public void Newest_Filters_Combine()
    {
        var ring = new LiveRing(10);
        ring.Add(Result("a") with { Source = "x" });
        ring.Add(Result("b") with { Source = "y", Verdict = LiveVerdict.Review });
        ring.Add(Result("c") with { Source = "y" });

        Assert.Equal(["c", "a"], Ids(ring.Newest(LiveVerdict.Accept, null, 10)));
        Assert.Equal(["c"], Ids(ring.Newest(LiveVerdict.Accept, "y", 10)));
        Assert.Equal(["c"], Ids(ring.Newest(null, null, 1)));
        Assert.Empty(ring.Newest(LiveVerdict.DeadLetter, null, 10));
    }

    private static IEnumerable<string> Ids(IEnumerable<LiveResult> results) => results.Select(result => result.ImageId);

    private static LiveResult Result(string id) => new()
    {
        ImageId = id,
        Source = "belt-1",
        Verdict = LiveVerdict.Accept,
        ReceivedAt = DateTimeOffset.UnixEpoch,
        EndedAt = DateTimeOffset.UnixEpoch,
    };
}
