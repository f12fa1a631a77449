using MoodStream.Mood.Detectors;
using MoodStream.Mood.Refit;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Refit;

/// <summary>Every guard lets a good refit pass, and refuses what it is there for.</summary>
public sealed class RefitGuardsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Check_GoodRefit_PassesEveryGuardAndGivesItsNumber()
    {
        var results = RefitGuards.Check(
            RefitFixture.Candidate(RefitFixture.Rows(1, 2000), ood: RefitFixture.Ood(2, 50)), RefitFixture.Approved(),
            new RefitGuardLimits());
        Assert.Equal(RefitGuards.Names, results.Select(r => r.Name));
        Assert.All(results, r => Assert.True(r.Passed, r.Advice));
        Assert.All(results.Where(r => r.Name != RefitGuards.ClassBalance), r => Assert.NotNull(r.Value));
        Assert.All(results, r => Assert.EndsWith(".", r.Advice, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_ManyGoodRefits_AreHardlyEverRefused()
    {
        var refused = Enumerable.Range(0, 40).Sum(i => RefitFixture.Refusals(
            RefitFixture.Candidate(
                RefitFixture.Rows(1000 + i, 400), RefitFixture.Rows(2000 + i, 300), RefitFixture.Rows(3000 + i, 300),
                RefitFixture.Ood(4000 + i, 30)),
            RefitFixture.Approved(5000 + i)).Length);
        Assert.InRange(refused, 0, 1);
    }

    [Fact]
    public void Check_FirstVersion_MeasuresNothingThatNeedsAReference()
    {
        var results = RefitGuards.Check(
            RefitFixture.Candidate(RefitFixture.Rows(1, 2000), ood: RefitFixture.Ood(2, 50)), null, new RefitGuardLimits());
        string[] unmeasured =
        [
            RefitGuards.ClassBalance, RefitGuards.Separation, RefitGuards.Detection, RefitGuards.MeanShift,
            RefitGuards.LogDeterminant, RefitGuards.Spread,
        ];
        Assert.Equal(unmeasured, results.Where(r => r.Value is null).Select(r => r.Name));
        Assert.All(results, r => Assert.True(r.Passed, r.Advice));
    }

    [Fact]
    public void EffectiveSize_FewImages_IsRefusedWithTheNumberWanted()
    {
        var candidate = RefitFixture.Candidate(RefitFixture.Rows(1, 12));
        var result = Result(candidate, RefitGuards.EffectiveSize);
        Assert.Equal((false, 12.0, 13.0), (result.Passed, Math.Round(result.Value!.Value, 9), result.Limit));  // 1 · 8 + 5 · 1
        Assert.Contains("wait for 13", result.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void EffectiveSize_ForgottenImages_CountForLess()
    {
        var moments = RefitFixture.MomentsOf(RefitFixture.Rows(1, 1000)).Decay(0.001).Merge(RefitFixture.MomentsOf(RefitFixture.Rows(2, 6)));
        var candidate = RefitFixture.Candidate(RefitFixture.Rows(1, 50)) with { Moments = moments };
        Assert.Contains(RefitGuards.EffectiveSize, RefitFixture.Refusals(candidate));
    }

    [Fact]
    public void Finite_MomentsThatOverflow_AreRefused()
    {
        var candidate = RefitFixture.Candidate(RefitFixture.Rows(1, 2000)) with
        {
            Moments = RefitFixture.MomentsOf(RefitFixture.Rows(1, 2000) * 1e200),
        };
        var refusals = RefitFixture.Refusals(candidate, RefitFixture.Approved());
        Assert.Contains(RefitGuards.Finite, refusals);
        Assert.Contains(RefitGuards.MeanShift, refusals);
    }

    [Fact]
    public void Rank_ImagesOfTwoFeaturesOnly_IsRefused()
    {
        var flat = RefitFixture.Rows(1, 2000);
        flat.narrow(1, 2, RefitFixture.Dimension - 2).zero_();
        var result = Result(RefitFixture.Candidate(flat), RefitGuards.Rank);
        Assert.Equal((false, 2.0 / RefitFixture.Dimension), (result.Passed, result.Value));
    }

    [Fact]
    public void Condition_FeaturesOfVeryDifferentScale_IsRefused()
    {
        var detector = new GaussianDetector("unshrunk", new GaussianRecipe { UsesLabels = false, Shrinkage = Shrinkage.None });
        var rows = RefitFixture.Rows(1, 2000);
        rows.select(1, 0).mul_(1e-5);
        Assert.Equal([RefitGuards.Condition], RefitFixture.Refusals(RefitFixture.Candidate(rows, rows[..400], rows[400..800], detector: detector)));
    }

    [Fact]
    public void ClassBalance_ClassThatHasLeftTheStream_IsRefusedByName()
    {
        var labels = zeros(2000, ScalarType.Int64);
        labels.narrow(0, 0, 20).fill_(1);
        var result = Result(
            RefitFixture.Candidate(RefitFixture.Rows(1, 2000), detector: DetectorRegistry.Mahalanobis, labels: labels),
            RefitGuards.ClassBalance);
        Assert.Equal((false, 0.02), (result.Passed, result.Value));
        Assert.StartsWith("class 1 ", result.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void FreshSize_FewerThanOneExpectedAlarm_IsRefused()
    {
        var result = Result(RefitFixture.Candidate(RefitFixture.Rows(1, 2000), fresh: RefitFixture.Rows(3, 19)), RefitGuards.FreshSize);
        Assert.Equal((false, 19.0, 20.0), (result.Passed, result.Value, result.Limit));
    }

    [Fact]
    public void FalseAlarms_FreshImagesThatDrifted_AreTooMany()
    {
        var result = Result(RefitFixture.Candidate(RefitFixture.Rows(1, 2000), fresh: RefitFixture.Rows(3, 400) * 1.3), RefitGuards.FalseAlarms);
        Assert.Equal((false, GuardBound.AtMost), (result.Passed, result.Bound));
    }

    [Fact]
    public void FalseAlarms_OodAmongTheCalibration_AreTooFew()
    {
        var mixed = cat([RefitFixture.Rows(102, 360), RefitFixture.Ood(5, 40)]);
        var result = Result(RefitFixture.Candidate(RefitFixture.Rows(1, 2000), mixed), RefitGuards.FalseAlarms);
        Assert.Equal((false, GuardBound.AtLeast, 0.0), (result.Passed, result.Bound, result.Value));
    }

    [Fact]
    public void FalseAlarms_FreshImagesWithoutThoseHeldBack_KeepThePromiseOnlyIfTheseAreCounted()
    {
        var whole = RefitFixture.Candidate(RefitFixture.Rows(1, 2000), fresh: RefitFixture.Rows(3, 400));
        using var cut = whole.FreshInputs.index_select(
            0, tensor([.. whole.Statistics.Judge(whole.FreshInputs).Select((j, i) => (j, i)).Where(x => x.j.Accepted).Select(x => (long)x.i)]));
        var heldBack = 400 - (int)cut.shape[0];
        Assert.False(Result(whole with { FreshInputs = cut }, RefitGuards.FalseAlarms).Passed);
        Assert.True(Result(whole with { FreshInputs = cut, HeldBack = heldBack }, RefitGuards.FalseAlarms).Passed);
    }

    [Fact]
    public void FalseAlarms_FreshImagesThatDrifted_AreTooManyWhateverWasHeldBack()
    {
        var drifted = RefitFixture.Candidate(RefitFixture.Rows(1, 2000), fresh: RefitFixture.Rows(3, 400) * 1.4) with { HeldBack = 20 };
        Assert.False(Result(drifted, RefitGuards.FalseAlarms).Passed);
        Assert.Throws<ArgumentException>(() => RefitGuards.Check(drifted with { HeldBack = -1 }, null, new RefitGuardLimits()));
    }

    [Fact]
    public void Separation_MomentsThatHoldTheOod_AreRefused()
    {
        var poisoned = cat([RefitFixture.Rows(1, 1600), RefitFixture.Ood(5, 400)]);
        var candidate = RefitFixture.Candidate(poisoned, ood: RefitFixture.Ood(2, 50));
        Assert.Contains(RefitGuards.Separation, RefitFixture.Refusals(candidate, RefitFixture.Approved()));
    }

    [Fact]
    public void Detection_CalibrationThatHoldsTheOod_IsRefused()
    {
        var mixed = cat([RefitFixture.Rows(102, 360), RefitFixture.Ood(5, 40)]);
        var candidate = RefitFixture.Candidate(RefitFixture.Rows(1, 2000), mixed, ood: RefitFixture.Ood(2, 50));
        Assert.Contains(RefitGuards.Detection, RefitFixture.Refusals(candidate, RefitFixture.Approved()));
    }

    [Fact]
    public void Spread_OneImageInTenPoisoned_IsRefusedWithoutKeptOod()
    {
        var poisoned = cat([RefitFixture.Rows(1, 1800), RefitFixture.Ood(5, 200)]);
        Assert.Equal([RefitGuards.MeanShift, RefitGuards.Spread], RefitFixture.Refusals(RefitFixture.Candidate(poisoned), RefitFixture.Approved()));
    }

    [Fact]
    public void LogDeterminant_TwiceTheStandardDeviation_IsRefused()
    {
        var wide = RefitFixture.Candidate(RefitFixture.Rows(1, 2000) * 2, RefitFixture.Rows(102, 400) * 2, RefitFixture.Rows(103, 400) * 2);
        var result = RefitGuards.Check(wide, RefitFixture.Approved(), new RefitGuardLimits()).Single(r => r.Name == RefitGuards.LogDeterminant);
        Assert.False(result.Passed);
        Assert.Equal(2 * Math.Log(2), result.Value!.Value, 0.05);
    }

    [Fact]
    public void MeanShift_SmallSteps_AreCaughtAgainstTheApprovedVersionOnly()
    {
        var approved = RefitFixture.Approved().Approved;
        const double step = 0.1;
        var (previous, refusedAt) = (approved, 0);
        for (var i = 1; refusedAt == 0 && i <= 20; i++)
        {
            var moved = RefitFixture.Candidate(
                RefitFixture.Rows(i, 4000) + i * step, RefitFixture.Rows(102, 400) + i * step, RefitFixture.Rows(103, 400) + i * step);
            Assert.Empty(RefitFixture.Refusals(moved, new RefitReference(previous, previous)));
            if (RefitFixture.Refusals(moved, new RefitReference(previous, approved)).Contains(RefitGuards.MeanShift)) refusedAt = i;
            previous = moved.Statistics;
        }
        Assert.InRange(refusedAt, 3, 4);                                         // 0.1 √8 a step, the limit is 0.25 √8
    }

    [Fact]
    public void Check_PartsThatDoNotBelongTogether_AreRefusedByName()
    {
        var candidate = RefitFixture.Candidate(RefitFixture.Rows(1, 2000));
        var other = RefitFixture.Approved();
        other = other with { Active = new(other.Active.Detector, other.Active.Calibration, 0.05, 1, RefitFixture.Provenance with { ModelHash = "sha256:other" }) };
        Says("active version", () => RefitFixture.Refusals(candidate, other));
        Says("fresh rows are of 3", () => RefitFixture.Refusals(candidate with { FreshInputs = Draws.Normal(1, 5, 3) }));
        Says("OOD rows are of 4", () => RefitFixture.Refusals(candidate with { OodInputs = Draws.Normal(1, 5, 4) }));
        Says("Condition is 0, Spread is NaN", () => RefitFixture.Refusals(candidate, null, new RefitGuardLimits { Condition = 0, Spread = double.NaN }));
    }

    private static void Says(string part, Action act) =>
        Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);

    private static GuardResult Result(RefitCandidate candidate, string name) =>
        RefitGuards.Check(candidate, null, new RefitGuardLimits()).Single(r => r.Name == name);
}
