using MoodStream.Bench.Refit;

namespace MoodStream.BenchTests.Refit;

public sealed class RefitRunTests
{
    [Fact]
    public void Run_FewSmallFeatures_PassesEveryGuardAndAgreesWithScikitLearnWhereItIs()
    {
        var result = RefitRun.Run(new RefitPlan(Images: 20_000, Width: 12, Classes: 3, Compared: 5000, Python: "python3", Seed: 2));
        Assert.True(result.Holds, $"{result.GuardsPassed} of {result.Guards}, {result.Comparison}");
        Assert.Equal(8 * (3 * 12 + 12 * 12 + 2 * 3), result.StateBytes);
    }

    [Fact]
    public void Run_InterpreterWithoutScikitLearn_ComparesNothing()
    {
        var result = RefitRun.Run(new RefitPlan(Images: 10_000, Width: 4, Classes: 1, Compared: 1000, Python: "/bin/false", Seed: 2));
        Assert.Null(result.Comparison);
        Assert.True(result.Holds);
    }

    [Fact]
    public void Batch_AskedForAgain_IsTheSame()
    {
        using var stream = new FeatureStream(6, 2, seed: 4);
        var (first, labels) = stream.Batch(3, 50);
        var (again, sameLabels) = stream.Batch(3, 50);
        var (other, _) = stream.Batch(4, 50);
        Assert.True(first.eq(again).all().item<bool>() && labels.eq(sameLabels).all().item<bool>());
        Assert.False(first.eq(other).any().item<bool>());
    }

    [Fact]
    public void Script_BesideTheProgram_IsWhereTheBenchmarkLooksForIt() =>
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "sklearn_refit.py")));
}
