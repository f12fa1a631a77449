using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Metrics;

namespace MoodStream.MoodTests.Evaluation;

/// <summary>Resampled AUROCs: laws of the bootstrap, and one case by hand.</summary>
public sealed class BootstrapTests
{
    private const int Resamples = 400;

    [Fact]
    public void Auroc_WeightedByHand_CountsEachImageAsOftenAsDrawn()
    {
        // ID 1 (drawn twice) and 3 (never); OOD 1 (once) and 2 (three times): pairs of ID 1 only.
        // OOD 1 ties with it: 2·1·½ = 1; OOD 2 is above: 2·3 = 6. Together 7 of 2·4 pairs.
        var pair = new RankedPair([1, 3], [1, 2]);
        Assert.Equal(7 / 8.0, pair.Auroc([2, 0], [1, 3]));
    }

    [Fact]
    public void Auroc_EveryImageOnce_IsThePlainAuroc()
    {
        var (id, ood) = (Scores(1, 200, 0), Scores(2, 150, 0.7));
        var pair = new RankedPair(id, ood);
        Assert.Equal(RocCurve.AurocOf(id, ood), pair.Auroc(Ones(200), Ones(150)), 1e-15);
    }

    [Fact]
    public void Interval_ManyStreams_CoversTheTruthAboutAsOftenAsItSays()
    {
        // Normal scores one standard deviation apart: AUROC is Φ(1/√2).
        const double Truth = 0.76025, Trials = 300;
        var covered = 0;
        for (var t = 0; t < Trials; t++)
        {
            var bootstrap = new Bootstrap(Resamples, t);
            var interval = Bootstrap.IntervalOf(bootstrap.Aurocs(
                new SetScores("id", Scores(2 * t, 120, 0)), new SetScores("ood", Scores(2 * t + 1, 120, 1))));
            if (interval.Low <= Truth && Truth <= interval.High) covered++;
        }
        Assert.InRange(covered / Trials, 0.90, 0.985);             // 95 % ± 4 standard errors, less what small samples cost
    }

    [Fact]
    public void Aurocs_SameSeed_AreTheSameAndAnotherSeedIsNot()
    {
        SetScores id = new("id", Scores(1, 50, 0)), ood = new("ood", Scores(2, 50, 1));
        Assert.Equal(new Bootstrap(Resamples, 1).Aurocs(id, ood), new Bootstrap(Resamples, 1).Aurocs(id, ood));
        Assert.NotEqual(new Bootstrap(Resamples, 1).Aurocs(id, ood), new Bootstrap(Resamples, 2).Aurocs(id, ood));
    }

    [Fact]
    public void Aurocs_OneSetInTwoRows_IsDrawnAlikeInBoth()
    {
        // Both rows have the same scores, so if the ID images are drawn alike and the OOD sets are one, so are the AUROCs.
        var bootstrap = new Bootstrap(Resamples, 1);
        double[] a = Scores(1, 50, 0), b = Scores(2, 50, 1);
        Assert.Equal(bootstrap.Aurocs(new("id", a), new("x", b)), bootstrap.Aurocs(new("id", a), new("x", b)));
        Assert.NotEqual(bootstrap.Aurocs(new("id", a), new("x", b)), bootstrap.Aurocs(new("id", a), new("y", b)));
    }

    private static byte[] Ones(int count) => [.. Enumerable.Repeat((byte)1, count)];

    private static double[] Scores(int seed, int count, double mean)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return [.. Draws.Normal(seed, count, 1).flatten().data<double>().ToArray().Select(s => s + mean)];
    }
}
