using System.Globalization;

namespace MoodStream.Mood.Vision;

/// <summary>How tokens become a feature, where it is chosen instead of left as trained.</summary>
/// <param name="Kind">What is taken of a block's tokens.</param>
/// <param name="Blocks">Of how many of the last blocks, side by side, first to last; at least 1.</param>
/// <remarks>
/// Source: of several blocks side by side: Caron et al. 2021, "Emerging Properties in Self-Supervised Vision
/// Transformers", section 4; Oquab et al. 2023, "DINOv2".
/// </remarks>
public readonly record struct FeaturePooling(Pooling Kind, int Blocks = 1)
{
    private const char BlocksMark = '@';
    private const int UsualBlocks = 4;

    private static readonly (string Name, Pooling Kind)[] Kinds =
    [
        ("class-token", Pooling.ClassToken), ("mean", Pooling.MeanOfNormedPatches),
        ("fc-norm", Pooling.NormedMeanOfPatches), ("class-token+mean", Pooling.ClassTokenAndMeanOfNormedPatches),
    ];

    /// <summary>Those that are usually compared: each kind of the last block, and two kinds of the last four.</summary>
    public static IReadOnlyList<FeaturePooling> Usual { get; } =
    [
        .. Kinds.Select(k => new FeaturePooling(k.Kind)), new(Pooling.ClassToken, UsualBlocks),
        new(Pooling.MeanOfNormedPatches, UsualBlocks),
    ];

    /// <summary>The forms a name can take, for help texts.</summary>
    public static string Forms => $"{string.Join(", ", Kinds.Select(k => k.Name))}, each also {BlocksMark}K of the last K blocks";

    /// <summary>The pooling that an encoder's configuration asks for.</summary>
    public static FeaturePooling Of(VitConfig config) => new(config.Pooling, config.PooledBlocks ?? 1);

    /// <summary>Reads a name such as <c>class-token</c> or <c>mean@4</c>; null if it is none.</summary>
    public static FeaturePooling? TryParse(string name)
    {
        var mark = name.IndexOf(BlocksMark);
        var (kindName, count) = mark < 0 ? (name, "1") : (name[..mark], name[(mark + 1)..]);
        var kind = Array.FindIndex(Kinds, k => k.Name == kindName);
        return kind >= 0 && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var blocks) && blocks > 0
            ? new(Kinds[kind].Kind, blocks)
            : null;
    }

    /// <summary>Why an encoder cannot pool like this; null if it can.</summary>
    public string? RefusalOf(VitConfig config)
    {
        if (Kind is Pooling.ClassToken or Pooling.ClassTokenAndMeanOfNormedPatches && !config.ClassToken)
            return $"The pooling {this} takes the class token, which the encoder does not have.";
        return Blocks > config.Depth ? $"The pooling {this} takes {Blocks} blocks; the encoder has {config.Depth}." : null;
    }

    /// <summary>The configuration with this pooling.</summary>
    public VitConfig ApplyTo(VitConfig config) => config with { Pooling = Kind, PooledBlocks = Blocks > 1 ? Blocks : null };

    /// <summary>The name.</summary>
    public override string ToString()
    {
        var kind = Kind;
        var name = Array.Find(Kinds, k => k.Kind == kind).Name;
        return Blocks > 1 ? $"{name}{BlocksMark}{Blocks}" : name;
    }
}
