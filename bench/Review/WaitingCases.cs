using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Contracts;

namespace MoodStream.Bench.Review;

/// <summary>Images that go to people, as a scorer would send them: each becomes a case.</summary>
internal static class WaitingCases
{
    // Enough that all partitions are used: the embedded Kafka keeps 5 MiB of each.
    private const int Sources = 64;

    /// <summary>Puts them in; returns when the broker has them.</summary>
    /// <param name="bootstrapServers">Where.</param>
    /// <param name="gate">Of which gate.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of scores and features.</param>
    public static void Produce(string bootstrapServers, string gate, int count, int seed)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        var chance = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var scored = Scored(gate, i, chance);
            producer.Produce(Topics.Review, new()
            {
                Key = Encoding.UTF8.GetBytes(scored.Source), Value = JsonSerializer.SerializeToUtf8Bytes(scored, WireJson.Default.ImageScored),
            });
        }
        producer.Flush(TimeSpan.FromMinutes(1));
    }

    private static ImageScored Scored(string gate, int i, Random chance)
    {
        var feature = new byte[384];                                                    // 192 values of float16
        chance.NextBytes(feature);
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(i);
        return new()
        {
            ImageId = string.Create(CultureInfo.InvariantCulture, $"image-{i}"),
            Source = string.Create(CultureInfo.InvariantCulture, $"camera-{i % Sources}"), Gate = gate, Verdict = Verdict.Review,
            Score = 300 + 200 * chance.NextDouble(), PValue = 0.01, Threshold = 300, PromisedFalseAlarmRate = 0.05,
            Detector = "mahalanobis++", StatisticsVersion = 1, ModelHash = "0000000000000000", PreprocessingHash = "0000000000000000",
            Feature = feature, Position = $"{Topics.Images}-0-{i}", ReceivedAt = at, ScoredAt = at,
        };
    }
}
