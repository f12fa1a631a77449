using CsCheck;
using MoodStream.Streaming.Kafka;

namespace MoodStream.StreamingTests.Kafka;

public sealed class OffsetWatermarkTests
{
    // Steps between offsets (gaps included) and, for each record, a key by which completions are ordered.
    private static readonly Gen<(long Step, int Order)[]> Logs = Gen.Select(Gen.Long[1, 5], Gen.Int[0, 1000]).Array[1, 60];

    [Fact]
    public void Committable_AnyOrderOfCompletions_IsTheContiguousFinishedPrefix() => Logs.Sample(
        log =>
        {
            var offsets = Offsets(log);
            var watermark = Tracked(offsets);
            var finished = new HashSet<long>();
            foreach (var offset in offsets.Zip(log).OrderBy(p => p.Second.Order).Select(p => p.First))
            {
                Assert.True(watermark.Complete(offset));
                finished.Add(offset);
                var prefix = offsets.TakeWhile(finished.Contains).ToList();
                Assert.Equal(prefix.Count == 0 ? null : prefix[^1] + 1, watermark.Committable);
                Assert.Equal(offsets.Length - finished.Count, watermark.InFlight);
            }
        },
        seed: "0000KV1BV1g2");

    [Fact]
    public void Committable_RecordStillInFlight_StaysBelowIt() => Gen.Select(Logs, Gen.Int[0, 59]).Sample(
        (log, stuck) =>
        {
            var offsets = Offsets(log);
            var inFlight = offsets[stuck % offsets.Length];
            var watermark = Tracked(offsets);
            foreach (var offset in offsets.Where(o => o != inFlight)) watermark.Complete(offset);
            Assert.True(watermark.Committable is null || watermark.Committable <= inFlight);
        },
        seed: "0000KV1BV1g2");

    [Fact]
    public void Track_InterleavedWithCompletions_KeepsThePrefix() => Gen.Select(Logs, Gen.Int[1, 8]).Sample(
        (log, window) =>
        {
            // A sliding window of records in flight, finished newest first: the worst order for the prefix.
            var watermark = new OffsetWatermark();
            foreach (var chunk in Offsets(log).Chunk(window))
            {
                foreach (var offset in chunk) watermark.Track(offset);
                foreach (var offset in chunk.Reverse()) watermark.Complete(offset);
                Assert.Equal(chunk[^1] + 1, watermark.Committable);
            }
        },
        seed: "0000KV1BV1g2");

    [Fact]
    public void Complete_NeverTrackedOrTwice_IsIgnored()
    {
        var watermark = Tracked([5, 6]);
        Assert.False(watermark.Complete(4));
        Assert.False(watermark.Complete(7));
        Assert.True(watermark.Complete(5));
        Assert.False(watermark.Complete(5));
        Assert.Equal(6, watermark.Committable);
    }

    [Fact]
    public void Track_OffsetNotAboveTheLast_Throws()
    {
        var watermark = Tracked([5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => watermark.Track(5));
        watermark.Complete(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => watermark.Track(5));
    }

    private static long[] Offsets((long Step, int Order)[] log)
    {
        var offset = 0L;
        return [.. log.Select(l => offset += l.Step)];
    }

    private static OffsetWatermark Tracked(IEnumerable<long> offsets)
    {
        var watermark = new OffsetWatermark();
        foreach (var offset in offsets) watermark.Track(offset);
        return watermark;
    }
}
