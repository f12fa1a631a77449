using static TorchSharp.torch;

namespace MoodStream.Mood.Augmentation;

/// <summary>A batch mixed with itself: images, the labels of both parts, and the share λ of the first.</summary>
/// <param name="Images">Shape [B, 3, S, S].</param>
/// <param name="Labels">Classes of the first part, shape [B], int64.</param>
/// <param name="OtherLabels">Classes of the second part, shape [B], int64.</param>
/// <param name="Share">λ, in [0, 1].</param>
internal sealed record MixedBatch(Tensor Images, Tensor Labels, Tensor OtherLabels, double Share);

/// <summary>Mixup (a blend of two images) and CutMix (a rectangle of one in the other); at most one of them for a batch.</summary>
/// <param name="MixupAlpha">α of the Beta(α, α) that λ is drawn from; 0 switches mixup off.</param>
/// <param name="CutMixAlpha">The same for CutMix.</param>
/// <remarks>
/// Source: Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization", eq. (2); Yun et al. 2019, "CutMix", §3. Where both
/// are on, each batch takes either by a fair coin. Differs: nothing.
/// </remarks>
public sealed record BatchMixing(double MixupAlpha, double CutMixAlpha)
{
    /// <summary>Whether batches stay as they are.</summary>
    public bool Off => MixupAlpha == 0 && CutMixAlpha == 0;

    /// <summary>Mixes a batch with itself in a random order.</summary>
    /// <param name="images">Shape [B, 3, S, S].</param>
    /// <param name="labels">Shape [B], int64.</param>
    /// <param name="chance">Where chance comes from.</param>
    internal MixedBatch Apply(Tensor images, Tensor labels, Random chance)
    {
        if (Off) return new(images, labels, labels, 1);
        var order = Enumerable.Range(0, (int)images.shape[0]).Select(i => (long)i).ToArray();
        chance.Shuffle(order);
        var others = tensor(order, device: images.device);                                      // [B]
        var cut = MixupAlpha == 0 || (CutMixAlpha > 0 && chance.NextDouble() < 0.5);
        var share = Share(cut ? CutMixAlpha : MixupAlpha, chance);
        var partners = images.index_select(0, others);                                          // [B, 3, S, S]
        if (cut) (images, share) = Cut(images, partners, share, chance);
        else images = share * images + (1 - share) * partners;
        return new(images, labels, labels.index_select(0, others), share);
    }

    private static (Tensor Images, double Share) Cut(Tensor images, Tensor partners, double share, Random chance)
    {
        var side = (int)images.shape[2];
        var length = (int)(side * Math.Sqrt(1 - share));
        var (x, y) = (chance.Next(side), chance.Next(side));
        int left = Math.Max(0, x - length / 2), right = Math.Min(side, x + length / 2);
        int top = Math.Max(0, y - length / 2), bottom = Math.Min(side, y + length / 2);
        var mixed = images.clone();
        if (right > left && bottom > top)
            mixed.narrow(2, top, bottom - top).narrow(3, left, right - left).copy_(
                partners.narrow(2, top, bottom - top).narrow(3, left, right - left));
        return (mixed, 1 - (double)(right - left) * (bottom - top) / (side * side));
    }

    /// <summary>One draw of Beta(α, α), as a ratio of two Gamma draws.</summary>
    private static double Share(double alpha, Random chance)
    {
        var (a, b) = (Gamma(alpha, chance), Gamma(alpha, chance));
        return a + b > 0 ? a / (a + b) : 0.5;
    }

    /// <summary>One draw of Gamma(α, 1). Source: Marsaglia and Tsang 2000, "A Simple Method for Generating Gamma Variables".</summary>
    private static double Gamma(double alpha, Random chance)
    {
        if (alpha < 1) return Gamma(alpha + 1, chance) * Math.Pow(1 - chance.NextDouble(), 1 / alpha);
        var d = alpha - 1.0 / 3;
        while (true)
        {
            var normal = chance.NextNormal();
            var cube = Math.Pow(1 + normal / Math.Sqrt(9 * d), 3);
            if (cube > 0 && Math.Log(1 - chance.NextDouble()) < 0.5 * normal * normal + d * (1 - cube + Math.Log(cube))) return d * cube;
        }
    }
}
