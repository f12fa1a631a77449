using MoodStream.Cli.LineCamera;
using MoodStream.Contracts;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;

namespace MoodStream.BrowserTests.Site;

/// <summary>An image of the simulated line camera, with what a scorer would say of it.</summary>
/// <param name="ImageId">Image id.</param>
/// <param name="Encoded">The JPEG.</param>
/// <param name="Score">Score; above the threshold for review.</param>
/// <param name="Kind">Images of one kind have like features.</param>
/// <param name="HeatMap">The heat map as a PNG; null for none.</param>
internal sealed record JudgedImage(string ImageId, byte[] Encoded, double Score, int Kind, byte[]? HeatMap)
{
    private const int Side = 256, Patches = 16;

    /// <summary>Accepted, or for people.</summary>
    public Verdict Verdict => Score > ReviewSite.Threshold ? Verdict.Review : Verdict.Accept;

    /// <summary>Pictures of faulty parts, the first the furthest out.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of all chance.</param>
    public static IReadOnlyList<JudgedImage> Faulty(int count, int seed = 11)
    {
        var defects = Enum.GetValues<Defect>();
        using var camera = new SimulatedLineCamera(seed, Side);
        return [.. Enumerable.Range(0, count).Select(i => new JudgedImage(
            $"faulty-{ReviewSite.Number(i)}", camera.Next(defects[i % defects.Length]).Jpeg, 1000 - i, i % defects.Length, Heat(seed + i)))];
    }

    /// <summary>Pictures of sound parts that were accepted.</summary>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<JudgedImage> Sound(int count)
    {
        using var camera = new SimulatedLineCamera(5, Side);
        return [.. Enumerable.Range(0, count).Select(i => new JudgedImage(
            $"sound-{ReviewSite.Number(i)}", camera.Next(null).Jpeg, 200 + i, 50, null))];
    }

    /// <summary>What the scorer puts on a topic.</summary>
    public ImageScored ToScored(string gate) => new()
    {
        ImageId = ImageId,
        Source = $"line-{1 + Kind % 3}",
        Subject = "lot 4711",
        Gate = gate,
        Verdict = Verdict,
        Score = Score,
        PValue = Verdict == Verdict.Review ? 0.0016 : 0.4,
        Threshold = ReviewSite.Threshold,
        PromisedFalseAlarmRate = 0.05,
        Detector = "mahalanobis++",
        StatisticsVersion = 1,
        ModelHash = "00112233445566aa",
        PreprocessingHash = "ffeeddccbbaa9988",
        Feature = Features.Near(Kind, Encoded.Length % 1000, 0.05),
        Position = $"{Topics.Images}-0-0",
        ReceivedAt = TimeProvider.System.GetUtcNow().AddSeconds(-2),
        ScoredAt = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>A map with one hot place.</summary>
    private static byte[] Heat(int seed)
    {
        var chance = new Random(seed);
        var (row, column) = (4 + 8 * chance.NextDouble(), 4 + 8 * chance.NextDouble());
        double[] values = [.. Enumerable.Range(0, Patches * Patches).Select(i =>
            0.3 * chance.NextDouble() + Math.Exp(-(Square(i / Patches - row) + Square(i % Patches - column)) / 5))];
        return HeatMapLayer.Png(
            new HeatMap(new PatchGrid(Patches, Patches), values), new HeatMapScale(0, 1),
            new PreprocessingRecipe { Resize = new ResizeRule.Exact(Side, Side) }, Side, Side);
    }

    private static double Square(double value) => value * value;
}
