using System.Text.Json.Serialization;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>One stage of a residual network: blocks of equal width, the first of which halves the map (not in the first
/// stage).</summary>
/// <param name="Depth">Blocks.</param>
/// <param name="Width">Channels of the output of each block.</param>
/// <param name="Middle">Channels between the convolutions of a block.</param>
public readonly record struct ResNetStage(int Depth, int Width, int Middle);

/// <summary>Everything that shapes stem and stages of a ResNet-v2 with group norm and standardised weights.</summary>
/// <remarks>Source of the values: Kolesnikov et al. 2020, "Big Transfer (BiT)", arXiv:1912.11370; Dosovitskiy et al.
/// 2021, appendix B.1.</remarks>
public sealed record ResNetTrunkConfig
{
    /// <summary>Strides of the stem: the 7 x 7 convolution and the pooling.</summary>
    private const int StemStride = 4;

    /// <summary>Stages beyond the fourth would dilate instead of halving.</summary>
    private const int MostStages = 4;

    /// <summary>Channels of the stem.</summary>
    public required int StemWidth { get; init; }

    /// <summary>The stages, first to last; none leaves the stem alone.</summary>
    public required IReadOnlyList<ResNetStage> Stages { get; init; }

    /// <summary>Whether norm and ReLU come before each convolution (v2), or after it (the hybrids). Default
    /// before.</summary>
    public bool PreActivation { get; init; } = true;

    /// <summary>Padding of convolutions and pooling. Default symmetric.</summary>
    public ConvolutionPadding Padding { get; init; } = ConvolutionPadding.Symmetric;

    /// <summary>Groups of every group norm. Default 32.</summary>
    public int Groups { get; init; } = 32;

    /// <summary>Epsilon of every group norm. Default 1e-5.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Epsilon added to the variance of the weights. Default 1e-8.</summary>
    public double ConvolutionEpsilon { get; init; } = 1e-8;

    /// <summary>Pixels for each cell of the last map.</summary>
    [JsonIgnore]
    public int Stride => StemStride << Math.Clamp(Stages.Count - 1, 0, MostStages - 1);

    /// <summary>Channels of the last map.</summary>
    [JsonIgnore]
    public int OutputWidth => Stages.Count == 0 ? StemWidth : Stages[^1].Width;

    /// <summary>About how many values stem and stages have.</summary>
    [JsonIgnore]
    public long ParameterCount
    {
        get
        {
            var (count, input) = (3L * 49 * StemWidth, StemWidth);
            foreach (var stage in Stages)
            {
                count += stage.Depth * (9L * stage.Middle * stage.Middle + 2L * stage.Middle * stage.Width)
                    + (long)input * stage.Width;
                input = stage.Width;
            }
            return count;
        }
    }

    /// <summary>Everything that is wrong with this configuration; empty if it can be built.</summary>
    public IEnumerable<string> Problems()
    {
        if (Stages.Count > MostStages) yield return $"There are {Stages.Count} stages; at most {MostStages} are known.";
        if (Groups is not (> 0 and <= 1024)) yield return $"Groups is {Groups}; it lies in 1..1024.";
        if (NormEpsilon is not (> 0 and < 1)) yield return $"NormEpsilon is {NormEpsilon}; it lies in (0, 1).";
        if (ConvolutionEpsilon is not (> 0 and < 1))
            yield return $"ConvolutionEpsilon is {ConvolutionEpsilon}; it lies in (0, 1).";
        foreach (var (what, width) in Widths())
            if (width is not (> 0 and <= 65_536) || width % Math.Max(1, Groups) != 0)
                yield return $"The {what} has {width} channels; that is a multiple of its {Groups} groups, up to 65536.";
        foreach (var (stage, i) in Stages.Select((s, i) => (s, i)))
            if (stage.Depth is not (> 0 and <= 256)) yield return $"Stage {i} has {stage.Depth} blocks; it has 1..256.";
    }

    private IEnumerable<(string What, int Width)> Widths() =>
    [
        ("stem", StemWidth),
        .. Stages.SelectMany((s, i) => new[] { ($"output of stage {i}", s.Width), ($"middle of stage {i}", s.Middle) }),
    ];
}
