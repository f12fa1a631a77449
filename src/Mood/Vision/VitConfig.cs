using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Mood.Vision.Convolution;
using MoodStream.Mood.Vision.Mixing;

namespace MoodStream.Mood.Vision;

/// <summary>Absolute positions added to the tokens.</summary>
public enum PositionEmbedding
{
    /// <summary>No absolute positions (BEiT).</summary>
    None,

    /// <summary>A learned vector for every token (ViT, DINOv2).</summary>
    Learned,

    /// <summary>Fixed two-dimensional sine and cosine (MAE).</summary>
    SineCosine,
}

/// <summary>Relative position bias added to the attention logits (BEiT).</summary>
public enum RelativePositionBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>One table for all blocks (masked pre-training).</summary>
    Shared,

    /// <summary>One table for each block (fine-tuning).</summary>
    PerBlock,
}

/// <summary>How the tokens of the last block become one feature.</summary>
public enum Pooling
{
    /// <summary>LayerNorm on the tokens, then the class token.</summary>
    ClassToken,

    /// <summary>LayerNorm on the tokens, then the mean of the patch tokens.</summary>
    MeanOfNormedPatches,

    /// <summary>Mean of the patch tokens, then a LayerNorm of its own (<c>fc_norm</c>).</summary>
    NormedMeanOfPatches,

    /// <summary>LayerNorm on the tokens, then the class token and the mean of the patch tokens side by side.</summary>
    ClassTokenAndMeanOfNormedPatches,
}

/// <summary>Everything that shapes a pre-norm Vision Transformer encoder.</summary>
public sealed record VitConfig
{
    /// <summary>Side of the square input, or the height of one that is not square; pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Width of an input that is not square; pixels. Null: as high as wide.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ImageWidth { get; init; }

    /// <summary>Side of a square patch; pixels. Divides height and width of the input.</summary>
    public required int PatchSize { get; init; }

    /// <summary>ResNet whose feature map is cut into patches instead of the image (the hybrids); null: the image. Its
    /// stride divides <see cref="PatchSize"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResNetTrunkConfig? Trunk { get; init; }

    /// <summary>Token width D. A multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Attention heads of each block.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden width of the MLP as a multiple of <see cref="Width"/>. Default 4.</summary>
    public double MlpRatio { get; init; } = 4;

    /// <summary>Hidden width of the MLP, where no ratio gives it exactly; null: <see cref="MlpRatio"/> times the width.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MlpWidth { get; init; }

    /// <summary>Whether the MLP is gated, silu(x₁)·x₂ (SwiGLU, DINOv2 giant), instead of GELU. Default no.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool GatedMlp { get; init; }

    /// <summary>Whether a class token goes in front. Default yes.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Register tokens between the class token and the patches (DINOv2); they get no position. Default none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Registers { get; init; }

    /// <summary>Whether the class token gets no learned position of its own. Default no.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ClassTokenWithoutPosition { get; init; }

    /// <summary>Absolute positions. Default learned.</summary>
    public PositionEmbedding Positions { get; init; } = PositionEmbedding.Learned;

    /// <summary>Relative position bias. Default none.</summary>
    public RelativePositionBias RelativePositions { get; init; } = RelativePositionBias.None;

    /// <summary>Whether query, key and value have a bias. Default yes.</summary>
    public bool QkvBias { get; init; } = true;

    /// <summary>Initial value of the layer scale; null for none. Default none.</summary>
    public double? LayerScale { get; init; }

    /// <summary>Largest probability to drop a block's path for a sample, reached at the last block; in [0, 1). Default 0.</summary>
    public double DropPath { get; init; }

    /// <summary>Pooling. Default: mean of the patch tokens, then LayerNorm.</summary>
    public Pooling Pooling { get; init; } = Pooling.NormedMeanOfPatches;

    /// <summary>Last blocks whose pooled tokens are taken side by side, 2 or more; null: the last one alone. Default
    /// that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PooledBlocks { get; init; }

    /// <summary>Epsilon of every LayerNorm. Default 1e-6, as in the original programs.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-6;

    /// <summary>Grid the sine-cosine positions were trained on, where the input has another size since; null for the grid itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PositionGrid { get; init; }

    /// <summary>Size of the input; pixels.</summary>
    [JsonIgnore]
    public GridSize Input => new(ImageSize, ImageWidth ?? ImageSize);

    /// <summary>Rows and columns of patches.</summary>
    [JsonIgnore]
    public GridSize Grid => new(Input.Height / PatchSize, Input.Width / PatchSize);

    /// <summary>Number of patches P.</summary>
    [JsonIgnore]
    public int Patches => Grid.Count;

    /// <summary>Tokens in front of the patches: the class token, if there is one, and the registers.</summary>
    [JsonIgnore]
    public int PrefixTokens => (ClassToken ? 1 : 0) + Registers;

    /// <summary>Rows of the absolute positions in front of those of the patches.</summary>
    [JsonIgnore]
    public int PrefixPositions => ClassToken && !ClassTokenWithoutPosition ? 1 : 0;

    /// <summary>Hidden width of the MLP; of a gated one, after the gate.</summary>
    [JsonIgnore]
    public int HiddenWidth => MlpWidth ?? (int)(Width * MlpRatio);

    /// <summary>Length D of a feature.</summary>
    [JsonIgnore]
    public int FeatureLength =>
        (PooledBlocks ?? 1) * (Pooling == Pooling.ClassTokenAndMeanOfNormedPatches ? 2 * Width : Width);

    /// <summary>Everything that is wrong with this configuration; empty if it can be built.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Require(ImageSize is > 0 and <= 4096, $"ImageSize is {ImageSize}; it lies in 1..4096 pixels.");
        Require(ImageWidth is null or (> 0 and <= 4096), $"ImageWidth is {ImageWidth}; it lies in 1..4096 pixels.");
        var (height, width) = Input;
        Require(PatchSize > 0 && height % Math.Max(1, PatchSize) == 0 && width % Math.Max(1, PatchSize) == 0,
            $"PatchSize is {PatchSize}; it divides ImageSize ({(height == width ? height : Input)}).");
        problems.AddRange(Trunk?.Problems() ?? []);
        Require(Trunk is null || PatchSize % Trunk.Stride == 0,
            $"PatchSize is {PatchSize}; the stride of the trunk ({Trunk?.Stride}) divides it.");
        Require(Width is > 0 and <= 16384, $"Width is {Width}; it lies in 1..16384.");
        Require(Heads > 0 && Width % Math.Max(1, Heads) == 0, $"Heads is {Heads}; it divides Width ({Width}).");
        Require(Depth is > 0 and <= 256, $"Depth is {Depth}; it lies in 1..256.");
        Require(MlpRatio is > 0 and <= 16, $"MlpRatio is {MlpRatio}; it lies in (0, 16].");
        Require(MlpWidth is null or (> 0 and <= 262_144), $"MlpWidth is {MlpWidth}; it lies in 1..262144.");
        Require(Registers is >= 0 and <= 1024, $"Registers is {Registers}; it lies in 0..1024.");
        Require(DropPath is >= 0 and < 1, $"DropPath is {DropPath}; it lies in [0, 1).");
        Require(LayerNormEpsilon is > 0 and < 1, $"LayerNormEpsilon is {LayerNormEpsilon}; it lies in (0, 1).");
        Require(ClassToken || Pooling is not (Pooling.ClassToken or Pooling.ClassTokenAndMeanOfNormedPatches),
            $"Pooling is {Pooling}, yet there is no class token.");
        Require(PooledBlocks is null || (PooledBlocks >= 2 && PooledBlocks <= Depth),
            $"PooledBlocks is {PooledBlocks}; it lies in 2..Depth ({Depth}).");
        Require(PositionGrid is null or > 0, $"PositionGrid is {PositionGrid}; it is at least 1.");
        Require(PositionGrid is null || height == width, "PositionGrid is set, yet the input is not square.");
        Require(RelativePositions == RelativePositionBias.None || Registers == 0,
            "There are register tokens, yet a relative position bias has no rows for them.");
        Require(PositionGrid is null || (Positions != PositionEmbedding.Learned && RelativePositions == RelativePositionBias.None),
            "PositionGrid is set, yet only sine-cosine positions follow the size of the input.");
        Require(Positions != PositionEmbedding.SineCosine || Width % 4 == 0, $"Width is {Width}; sine-cosine positions need a multiple of 4.");
        return problems;

        void Require(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }

    /// <summary>Canonical JSON: what a checkpoint's header carries and what the model hash covers.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, VisionJson.Default.VitConfig);

    /// <summary>Reads <see cref="ToJson"/>.</summary>
    /// <exception cref="FormatException">The text is no configuration, or one that cannot be built.</exception>
    public static VitConfig FromJson(string json)
    {
        VitConfig config;
        try
        {
            config = JsonSerializer.Deserialize(json, VisionJson.Default.VitConfig) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The encoder configuration cannot be read: {e.Message}", e);
        }
        var problems = config.Problems();
        return problems.Count == 0 ? config : throw new FormatException("The encoder configuration is wrong. " + string.Join(" ", problems));
    }
}

/// <summary>Source-generated JSON of the encoders' configurations.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(VitConfig))]
[JsonSerializable(typeof(ResNetV2Config))]
[JsonSerializable(typeof(MixerConfig))]
internal sealed partial class VisionJson : JsonSerializerContext;
