using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>Lag as the client's statistics give it; offsets and ages are worked out by hand.</summary>
public sealed class ConsumerLagTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);
    private static readonly TopicPartition First = new("images", 0);

    private readonly FakeTimeProvider _clock = new(Start);
    private readonly StreamingMetrics _metrics = KafkaHarness.Metrics();
    private readonly Dictionary<TopicPartition, long?> _committed = [];
    private readonly ConsumerLag _lag;

    public ConsumerLagTests() => _lag = new(_metrics, "scorer", p => _committed.GetValueOrDefault(p), _clock);

    private double Records => _metrics.ConsumerLag.WithLabels("images", "scorer").Value;

    private double Seconds => _metrics.ConsumerLagSeconds.WithLabels("images", "scorer").Value;

    [Fact]
    public void Told_SeveralPartitions_SumsTheOwnedOnes()
    {
        _lag.Told(Statistics(Partition(0, end: 100, committed: 90), Partition(1, end: 50, committed: 20), Partition(2, end: 9, committed: 0, owned: false)));

        Assert.Equal(40, Records);
    }

    [Fact]
    public void Told_NothingCommitted_AllThatTheLogStillHoldsWaits()
    {
        _lag.Told(Statistics(Partition(0, end: 100, committed: null, start: 30)));

        Assert.Equal(70, Records);
    }

    [Fact]
    public void Told_EndUnknown_IsNoLag()
    {
        _lag.Told(Statistics(Partition(0, end: -1001, committed: null)));

        Assert.Equal((0, 0), (Records, Seconds));
    }

    [Fact]
    public void Told_AnOpenTransaction_CountsUpToItsBeginning()
    {
        _lag.Told(Statistics(Partition(0, end: 100, committed: 90, stable: 95)));

        Assert.Equal(5, Records);
    }

    [Fact]
    public void Told_Backlog_IsAsOldAsTheRecordReadLast()
    {
        _lag.Received(First, Start.AddMinutes(-5));
        _lag.Told(Statistics(Partition(0, end: 100, committed: 10)));

        Assert.Equal(300, Seconds);
    }

    [Fact]
    public void Told_ARecordAfterAnIdleNight_IsNotANightOld()
    {
        _lag.Received(First, Start);
        _clock.Advance(TimeSpan.FromHours(8));
        _lag.Told(Statistics(Partition(0, end: 100, committed: 100)));
        _clock.Advance(TimeSpan.FromSeconds(5));
        _lag.Told(Statistics(Partition(0, end: 101, committed: 100)));

        Assert.Equal((1, 5), (Records, Seconds));
    }

    [Fact]
    public void Told_NothingWasEverRead_AgesFromTheFirstStatistics()
    {
        var behind = Statistics(Partition(0, end: 100, committed: 10));
        _lag.Told(behind);
        _clock.Advance(TimeSpan.FromSeconds(40));
        _lag.Told(behind);

        Assert.Equal(40, Seconds);
    }

    [Fact]
    public void Forget_APartitionOfAnother_AgesAnewWhenItComesBack()
    {
        _lag.Received(First, Start.AddMinutes(-5));
        _lag.Forget([First]);
        _lag.Told(Statistics(Partition(0, end: 100, committed: 10)));

        Assert.Equal((90, 0), (Records, Seconds));
    }

    [Fact]
    public void Told_AClientWithoutTopics_ChangesNothing()
    {
        _lag.Told("""{"name": "moodstream#consumer-1", "ts": 1}""");

        Assert.Equal(0, Records);
    }

    private static string Statistics(params string[] partitions) =>
        """{"topics": {"images": {"partitions": {"-1": {"desired": false}, """ + string.Join(", ", partitions) + "}}}}";

    /// <summary>A partition as the client tells it, which knows nothing of what transactions have committed.</summary>
    private string Partition(int number, long end, long? committed, long start = 0, long stable = -1001, bool owned = true)
    {
        _committed[new TopicPartition("images", number)] = committed;
        return $$"""
            "{{number}}": {"desired": {{(owned ? "true" : "false")}}, "lo_offset": {{start}}, "hi_offset": {{end}},
                "ls_offset": {{stable}}, "committed_offset": -1001 }
            """;
    }
}
