using MoodStream.Mood.Evaluation;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Evaluation;

public sealed class ProbeTests
{
    [Fact]
    public void NearestNeighbours_ByHand_CountsVotesByCosine()
    {
        using var scope = NewDisposeScope();
        var train = tensor(new float[] { 1, 0, 5, 0.1f, 0, 1, 0.1f, 7, -1, 0 }, [5, 2]);           // lengths do not count
        var labels = tensor(new long[] { 0, 0, 1, 1, 2 });
        var test = tensor(new float[] { 3, 0, 0, 0.2f, -1, 0.1f }, [3, 2]);
        Assert.Equal(1, Probes.NearestNeighbours(train, labels, test, tensor(new long[] { 0, 1, 2 }), 1));
        // with two votes the third row hears class 2 (cosine 0.995) and class 1 (0.1): a tie, and the lower class wins
        Assert.Equal(2.0 / 3, Probes.NearestNeighbours(train, labels, test, tensor(new long[] { 0, 1, 2 }), 2), 12);
    }

    [Fact]
    public void Linear_ClassesBeyondALine_AreToldApartWhateverTheScaleAndOrigin()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var rows = randn(400, 3, ScalarType.Float64, generator: generator);
        var labels = (rows.select(1, 0) + 0.5 * rows.select(1, 1)).gt(0).to(ScalarType.Int64);
        var moved = 40 + 1e-3 * rows;
        var (train, test) = (moved.slice(0, 0, 300, 1), moved.slice(0, 300, 400, 1));
        Assert.True(Probes.Linear(train, labels.slice(0, 0, 300, 1), test, labels.slice(0, 300, 400, 1)) > 0.95);
    }

    [Fact]
    public void Linear_FeaturesThatSayNothing_GivesTheCommonestClass()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(new long[] { 0, 1, 1, 1 });
        Assert.Equal(0.75, Probes.Linear(ones(4, 2), labels, ones(4, 2), labels));
    }

    [Fact]
    public void Probes_ShapesThatDisagree_AreRefused()
    {
        using var scope = NewDisposeScope();
        var labels = zeros(4, ScalarType.Int64);
        Assert.Throws<ArgumentException>(() => Probes.Linear(ones(4, 2), labels, ones(4, 3), labels));
        Assert.Throws<ArgumentException>(() => Probes.Linear(ones(4, 2), zeros(3, ScalarType.Int64), ones(4, 2), labels));
        Assert.Throws<ArgumentException>(() => Probes.Linear(ones(4, 2), labels, ones(4, 2), labels, ridge: 0));
        Assert.Throws<ArgumentException>(() => Probes.NearestNeighbours(ones(4, 2), labels, ones(4, 2), labels, 5));
    }
}
