using MoodStream.Mood.Probes;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Probes;

/// <summary>Votes of nearest neighbours, by hand.</summary>
public sealed class NeighbourProbeTests
{
    [Fact]
    public void Accuracy_ByHand_CountsVotesByCosine()
    {
        using var scope = NewDisposeScope();
        var train = tensor(new float[] { 1, 0, 5, 0.1f, 0, 1, 0.1f, 7, -1, 0 }, [5, 2]);           // lengths do not count
        var labels = tensor(new long[] { 0, 0, 1, 1, 2 });
        var test = tensor(new float[] { 3, 0, 0, 0.2f, -1, 0.1f }, [3, 2]);
        Assert.Equal(1, NeighbourProbe.AccuracyOf(train, labels, test, tensor(new long[] { 0, 1, 2 }), 1));
        // with two votes the third row hears class 2 (cosine 0.995) and class 1 (0.1): a tie, and the lower class wins
        Assert.Equal(2.0 / 3, NeighbourProbe.AccuracyOf(train, labels, test, tensor(new long[] { 0, 1, 2 }), 2), 12);
    }

    [Fact]
    public void Accuracy_ShapesThatDisagree_AreRefused()
    {
        using var scope = NewDisposeScope();
        var labels = zeros(4, ScalarType.Int64);
        Assert.Throws<ArgumentException>(() => NeighbourProbe.AccuracyOf(ones(4, 2), labels, ones(4, 3), labels, 1));
        Assert.Throws<ArgumentException>(() => NeighbourProbe.AccuracyOf(ones(4, 2), labels, ones(4, 2), labels, 5));
    }
}
