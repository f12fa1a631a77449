using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Tokenizers;

/// <summary>Unit vectors that stand for what lies near them; they follow by a running average instead of a gradient.</summary>
/// <remarks>
/// Source: van den Oord et al. 2017, "Neural Discrete Representation Learning", appendix A.1 (running averages); Peng et al.
/// 2022, "BEiT v2", §3.1 (unit length, decay 0.99, k-means on the first batch). Differs: a code that has hardly been used
/// takes the place of a random vector of the batch, as in Dhariwal et al. 2020, "Jukebox", §3.
/// All state is in buffers, so a checkpoint has it. Thread-safety: owned by one thread.
/// </remarks>
internal sealed class Codebook : nn.Module<Tensor, Tensor>
{
    private const double Decay = 0.99;
    private const double DeadShare = 0.02;
    private const int ClusteringRounds = 10;
    [ComponentName(Name = "codes")]
    private readonly Tensor _codes;                                           // [V, E], rows of length 1
    [ComponentName(Name = "use")]
    private readonly Tensor _use;                                             // [V], mean 1: running share of use, times V
    [ComponentName(Name = "begun")]
    private readonly Tensor _begun;                                           // [1], 0 before the first batch

    /// <param name="count">Number of codes V.</param>
    /// <param name="width">Length E of a code's vector.</param>
    public Codebook(int count, int width) : base(nameof(Codebook))
    {
        _codes = nn.functional.normalize(randn(count, width), dim: 1);
        _use = ones(count);
        _begun = zeros(1);
        RegisterComponents();
    }

    /// <summary>The codes' vectors, shape [V, E]. Owned by this object.</summary>
    public Tensor Codes => _codes;

    /// <summary>The nearest code of each vector.</summary>
    /// <param name="vectors">Unit vectors, shape [N, E].</param>
    /// <returns>Shape [N], int64. The caller disposes it.</returns>
    public override Tensor forward(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        return vectors.matmul(_codes.t()).argmax(1).MoveToOuterDisposeScope();
    }

    /// <summary>Moves the codes towards the vectors that they stand for, and revives those that stand for none.</summary>
    /// <param name="vectors">Unit vectors, shape [N, E], N at least 1.</param>
    public void Follow(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = vectors.detach();
        if (_begun.item<float>() == 0) Begin(rows);
        var (means, counts) = MeansOf(rows);
        var used = counts.gt(0).unsqueeze(1);
        var moved = nn.functional.normalize(Decay * _codes + (1 - Decay) * means, dim: 1);
        _codes.copy_(where(used, moved, _codes));
        _use.mul_(Decay).add_(counts * ((1 - Decay) * _codes.shape[0] / rows.shape[0]));
        Revive(rows);
    }

    private void Begin(Tensor rows)
    {
        _codes.copy_(Chosen(rows, _codes.shape[0]));
        for (var round = 0; round < ClusteringRounds; round++)
        {
            var (means, counts) = MeansOf(rows);
            _codes.copy_(where(counts.gt(0).unsqueeze(1), means, _codes));
        }
        _begun.fill_(1);
    }

    private void Revive(Tensor rows)
    {
        var dead = _use.lt(DeadShare);
        if (dead.count_nonzero().item<long>() == 0) return;
        _codes.copy_(where(dead.unsqueeze(1), Chosen(rows, _codes.shape[0]), _codes));
        _use.masked_fill_(dead, 1);
    }

    private static Tensor Chosen(Tensor rows, long count) =>
        rows.index_select(0, randint(rows.shape[0], [count], ScalarType.Int64).to(rows.device));

    /// <summary>Unit mean of the vectors of each code, shape [V, E], and their number, shape [V].</summary>
    private (Tensor Means, Tensor Counts) MeansOf(Tensor rows)
    {
        var nearest = forward(rows);
        var counts = nearest.bincount(null, minlength: _codes.shape[0]).to(rows.dtype);
        var sums = zeros_like(_codes).index_add_(0, nearest, rows, 1);
        return (nn.functional.normalize(sums, dim: 1), counts);
    }
}
