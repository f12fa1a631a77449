using MoodStream.Mood.Localisation;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Localisation;

/// <summary>Gaussians of patch tokens against plain per-row statistics, and their laws.</summary>
public sealed class PatchGaussianTests : IDisposable
{
    private static readonly PatchGrid Grid = new(2, 3);
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<PatchGaussianKind> Kinds => [.. PatchGaussianKinds.All];

    [Theory, MemberData(nameof(Kinds))]
    public void Distances_EachPosition_AreThoseOfItsOwnShrunkGaussian(PatchGaussianKind kind)
    {
        var tokens = Tokens(1, 40);
        using var gaussian = Fit(kind, tokens);
        var probe = Tokens(7, 5);
        var distances = gaussian.Distances(probe);
        for (var p = 0; p < Grid.Count; p++)
        {
            var own = Unit(tokens.select(1, p));
            var all = Unit(tokens.reshape(-1, 4));
            var mean = kind == PatchGaussianKind.Pooled ? all.mean([0L]) : own.mean([0L]);
            var offsets = Unit(probe.select(1, p)) - mean;
            var expected = (offsets.matmul(linalg.inv(Shrunk(kind, tokens, p))) * offsets).sum(1).data<double>()
                .ToArray();
            Close.Relative(expected, [.. distances.Select(d => d[p])], 1e-9, $"{kind} {p}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Fit_InBatches_IsTheFitAtOnce(PatchGaussianKind kind)
    {
        var tokens = Tokens(1, 30);
        using var once = Fit(kind, tokens);
        using var moments = new PatchMoments(kind, Grid, 4);
        for (long start = 0; start < 30; start += 7) moments.Add(tokens.narrow(0, start, Math.Min(7, 30 - start)));
        using var bitByBit = moments.Fit();
        var probe = Tokens(9, 4);
        Close.Relative(Flat(once.Distances(probe)), Flat(bitByBit.Distances(probe)), 1e-9);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Distances_FarToken_IsLargerThanNearOne(PatchGaussianKind kind)
    {
        var tokens = Tokens(1, 40);
        using var gaussian = Fit(kind, tokens);
        Assert.True(gaussian.Distances(-tokens).Min(d => d.Min()) > gaussian.Distances(tokens).Max(d => d.Average()));
    }

    [Fact]
    public void Distances_TokenNotFinite_IsNaNAndDisturbsNoOther()
    {
        var tokens = Tokens(1, 40);
        using var gaussian = Fit(PatchGaussianKind.PerPosition, tokens);
        var probe = Tokens(3, 2);
        var before = gaussian.Distances(probe);
        probe[1, 4, 0] = tensor(double.NaN);
        var after = gaussian.Distances(probe);
        Assert.True(double.IsNaN(after[1][4]));
        Assert.Equal(before[0], after[0]);
        Assert.Equal(before[1][..4], after[1][..4]);
    }

    [Fact]
    public void PatchMoments_PositionsBeyondTheMemoryLimit_AreRefusedWithWhatToChoose()
    {
        var (grid, width) = (new PatchGrid(64, 64), 192);
        var refusal = Assert.Throws<ArgumentException>(
            () => new PatchMoments(PatchGaussianKind.PerPosition, grid, width)).Message;
        Assert.Contains("1,152 MiB", refusal, StringComparison.Ordinal);
        Assert.Contains("position-centred", refusal, StringComparison.Ordinal);
        Assert.Null(PatchMoments.Refusal(PatchGaussianKind.PositionCentred, grid, width));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Fit_NoImage_IsRefused(PatchGaussianKind kind)
    {
        using var moments = new PatchMoments(kind, Grid, 4);
        Assert.Throws<StatisticsException>(moments.Fit);
    }

    [Fact]
    public void Distances_OtherShape_IsRefused()
    {
        using var gaussian = Fit(PatchGaussianKind.Pooled, Tokens(1, 10));
        Assert.Throws<ArgumentException>(() => gaussian.Distances(zeros(2, 5, 4)));
    }

    private static Tensor Shrunk(PatchGaussianKind kind, Tensor tokens, int position)
    {
        var rows = kind switch
        {
            PatchGaussianKind.PerPosition => Unit(tokens.select(1, position)),
            PatchGaussianKind.Pooled => Unit(tokens.reshape(-1, 4)),
            _ => cat([.. Enumerable.Range(0, Grid.Count).Select(p => Unit(tokens.select(1, p)))
                .Select(r => r - r.mean([0L]))]),
        };
        var centred = rows - rows.mean([0L]);
        var covariance = centred.t().matmul(centred) / rows.shape[0];
        return Shrinkage.Apply(covariance, Shrinkage.Oas.Intensity(covariance, rows.shape[0]));
    }

    private static PatchGaussian Fit(PatchGaussianKind kind, Tensor tokens)
    {
        using var moments = new PatchMoments(kind, Grid, 4);
        moments.Add(tokens);
        return moments.Fit();
    }

    private static Tensor Tokens(int seed, int images) =>
        (Draws.Normal(seed, images, Grid.Count, 4) + 2 + Draws.Normal(99, 1, Grid.Count, 4));

    private static Tensor Unit(Tensor rows) => rows / rows.square().sum(1, keepdim: true).sqrt();

    private static double[] Flat(double[][] values) => [.. values.SelectMany(v => v)];
}
