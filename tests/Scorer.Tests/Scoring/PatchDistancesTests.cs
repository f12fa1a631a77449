using MoodStream.Mood.Gates;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Vision;
using MoodStream.Scorer;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Records;
using Prometheus;

namespace MoodStream.ScorerTests.Scoring;

/// <summary>Which images' patches are measured, and what comes out.</summary>
public sealed class PatchDistancesTests(Backbones backbones) : IDisposable
{
    private const int Side = 16, PatchSide = 4, PatchesInARow = Side / PatchSide, FitImages = 64;

    // All lie below the first threshold and above the second: accepted, or sent to review.
    private const double AcceptAll = 1e9, ReviewAll = -1;

    private readonly DeviceThread _device = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    [InlineData(3, 1)]
    public async Task ScoreAsync_OnePatchUnlikeTheFit_IsTheHottest(int row, int column)
    {
        var scored = await ScoreAsync(Planted(row, column), ReviewAll, auditShare: 0);

        var values = scored.Patches!.Map.Values;
        Assert.Equal(PatchesInARow * PatchesInARow, values.Count);
        Assert.Equal(row * PatchesInARow + column, values.ToList().IndexOf(values.Max()));
        Assert.Equal(1, scored.Patches.Scale.PlaceOf(values.Max()));
    }

    [Fact]
    public async Task ScoreAsync_WithPatches_GivesTheFeatureThatItGivesWithout()
    {
        var planted = Planted(2, 2);
        using var backbone = Backbone.Load(backbones.File);
        using var alone = backbone.Extract([planted]);

        Assert.Equal(alone.data<float>().Select(v => (Half)v), Records.Halves((await ScoreAsync(planted, ReviewAll, auditShare: 0)).Feature));
    }

    [Theory]
    [InlineData(ReviewAll, 0, true)]
    [InlineData(AcceptAll, 0, false)]
    [InlineData(AcceptAll, 1, true)]
    public async Task ScoreAsync_Image_IsMeasuredWherePeopleLookAtIt(double threshold, double auditShare, bool measured) =>
        Assert.Equal(measured, (await ScoreAsync(Ground(5), threshold, auditShare)).Patches is not null);

    private async Task<ScoredImage> ScoreAsync(float[] pixels, double threshold, double auditShare)
    {
        var backbone = await _device.RunAsync(() => Backbone.Load(backbones.File), Stop);
        var gate = new Gate("parts", new GateSettings { Backbone = backbones.File }, backbone, TimeProvider.System);
        await _device.RunAsync(() => { gate.Replace(new(1, Fit(backbone, threshold), null)); return true; }, Stop);
        var scorer = new BatchScorer(
            _device, new AuditSettings { Share = auditShare }, new ScorerMetrics(Metrics.NewCustomRegistry()), TimeProvider.System);
        var image = new PreparedImage(Records.Input(0, [1]), "image", "belt-1", gate, pixels, null) { Size = (Side, Side) };

        var scored = Assert.Single(await scorer.ScoreAsync([image], Stop));

        await _device.RunAsync(() => { gate.Replace(GateState.Unknown); backbone.Dispose(); return true; }, Stop);
        return scored;
    }

    /// <summary>Statistics of grounds, with a threshold that decides alone.</summary>
    private GateStatistics Fit(Backbone backbone, double threshold)
    {
        var grounds = Enumerable.Range(0, FitImages).Select(Ground).ToArray();
        using var tokens = backbone.ExtractPatches(grounds);                     // [N, P, W]
        using var moments = new PatchMoments(PatchGaussianKind.PositionCentred, new(PatchesInARow, PatchesInARow), Backbones.Width);
        moments.Add(tokens);
        var gaussian = moments.Fit();
        using var patches = new PatchStatistics(gaussian, HeatMapScale.Of(gaussian.Distances(tokens)), FitImages, FitImages);
        using var fitted = GateStatistics.Read(backbones.Statistics);
        var decided = new GateStatistics(
            fitted.Detector, MoodStream.Mood.Calibration.ConformalCalibration.Of([.. Enumerable.Repeat(threshold, 100)]),
            0.1, fitted.FitCount, fitted.Provenance);
        return GateStatistics.Read(decided.With(patches).ToBytes());
    }

    /// <summary>Grey with a little noise, [3, S, S].</summary>
    private static float[] Ground(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 3 * Side * Side).Select(_ => 0.05f * (random.NextSingle() - 0.5f))];
    }

    /// <summary>A ground with one patch of bright and dark stripes.</summary>
    private static float[] Planted(int row, int column)
    {
        var pixels = Ground(999);
        for (var channel = 0; channel < 3; channel++)
            for (var y = 0; y < PatchSide; y++)
                for (var x = 0; x < PatchSide; x++)
                    pixels[(channel * Side + row * PatchSide + y) * Side + column * PatchSide + x] = x % 2 == 0 ? 2 : -2;
        return pixels;
    }
}
