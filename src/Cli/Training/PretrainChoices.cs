using System.Numerics;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Training;

/// <summary>What was chosen for a pre-training run; null leaves the method's own default.</summary>
internal sealed record PretrainChoices
{
    /// <summary>A run of a minute or less, to see that everything works.</summary>
    /// <param name="method">Name of the method: its learning rate is one at which so few steps show.</param>
    /// <param name="machine">How it uses its machine.</param>
    public static PretrainChoices Smoke(string method, TrainingMachine machine) => new()
    {
        Machine = machine, Epochs = 8, Batch = 32, Rate = method is "beit" or "beit2" ? 8e-2 : 8e-3, MinimumRate = 0, WarmUp = 0.1,
        Size = 32, Patch = 4, Width = 48, Depth = 2, Heads = 3,
        DecoderWidth = 24, DecoderDepth = 1, Codes = 32, CodeWidth = 16, Hidden = 32, Average = 0, LeastCodeUse = 0.04,
        DivergenceWeight = 0.02,
    };

    public int? Epochs { get; init; }

    public int? Batch { get; init; }

    public double? Rate { get; init; }

    public double? MinimumRate { get; init; }

    public double? WarmUp { get; init; }

    public double? MaskRatio { get; init; }

    public double? MinCrop { get; init; }

    public double? Clip { get; init; }

    public double? Average { get; init; }

    public int? Size { get; init; }

    public int? Patch { get; init; }

    public int? Width { get; init; }

    public int? Depth { get; init; }

    public int? Heads { get; init; }

    public int? DecoderWidth { get; init; }

    public int? DecoderDepth { get; init; }

    public int? Codes { get; init; }

    public int? CodeWidth { get; init; }

    public int? Hidden { get; init; }

    public double? DivergenceWeight { get; init; }

    public double? LeastCodeUse { get; init; }

    public FileInfo? Tokenizer { get; init; }

    public FileInfo? Teacher { get; init; }

    /// <summary>Seed, threads, device, parts and precision.</summary>
    public required TrainingMachine Machine { get; init; }

    /// <summary>Preprocessing of a square input of the chosen size.</summary>
    public PreprocessingRecipe Recipe => new() { Resize = new ResizeRule.Exact(Size ?? 32, Size ?? 32) };

    /// <summary>How often a dVAE halves the side, so that its codes lie on the patches.</summary>
    /// <exception cref="CliException">The patch is no power of two.</exception>
    public int Stages => BitOperations.IsPow2(Patch ?? 4) && Patch is not 1
        ? BitOperations.Log2((uint)(Patch ?? 4))
        : throw new CliException($"--patch is {Patch}; a dVAE halves the side, so it is 2, 4, 8, ….", ExitCode.WrongUsage);

    /// <summary>These choices, and those of a preset where none was made.</summary>
    public PretrainChoices Over(PretrainChoices preset) => this with
    {
        Epochs = Epochs ?? preset.Epochs, Batch = Batch ?? preset.Batch, Rate = Rate ?? preset.Rate,
        MinimumRate = MinimumRate ?? preset.MinimumRate, WarmUp = WarmUp ?? preset.WarmUp, MaskRatio = MaskRatio ?? preset.MaskRatio,
        MinCrop = MinCrop ?? preset.MinCrop, Clip = Clip ?? preset.Clip, Average = Average ?? preset.Average,
        Size = Size ?? preset.Size, Patch = Patch ?? preset.Patch, Width = Width ?? preset.Width, Depth = Depth ?? preset.Depth,
        Heads = Heads ?? preset.Heads, DecoderWidth = DecoderWidth ?? preset.DecoderWidth,
        DecoderDepth = DecoderDepth ?? preset.DecoderDepth, Codes = Codes ?? preset.Codes, CodeWidth = CodeWidth ?? preset.CodeWidth,
        Hidden = Hidden ?? preset.Hidden, DivergenceWeight = DivergenceWeight ?? preset.DivergenceWeight,
        LeastCodeUse = LeastCodeUse ?? preset.LeastCodeUse,
    };

    /// <summary>Settings of a method with what was chosen in place of its defaults.</summary>
    public T In<T>(T settings) where T : TrainingSettings
    {
        TrainingSettings defaults = settings;
        return (T)(defaults with
        {
            BatchSize = Batch ?? defaults.BatchSize, BaseLearningRate = Rate ?? defaults.BaseLearningRate,
            MinimumLearningRate = MinimumRate ?? defaults.MinimumLearningRate, WarmUpShare = WarmUp ?? defaults.WarmUpShare,
            MinCropScale = MinCrop ?? defaults.MinCropScale, ClipNorm = Clip ?? defaults.ClipNorm,
            AverageDecay = Average ?? defaults.AverageDecay, Seed = Machine.Seed, Workers = Machine.Workers,
            Device = Machine.Device, Parts = Machine.Parts, Precision = Machine.Precision,
        });
    }

    /// <summary>An encoder of the chosen shape with sine-cosine positions, its features the mean of the normed patches.</summary>
    public VitConfig Encoder() => new()
    {
        ImageSize = Size ?? 32, PatchSize = Patch ?? 4, Width = Width ?? 192, Depth = Depth ?? 6, Heads = Heads ?? 6,
        Positions = PositionEmbedding.SineCosine, Pooling = Pooling.MeanOfNormedPatches,
    };

    /// <summary>The same as BEiT has it: one relative position bias for all blocks instead of positions, and layer scale.</summary>
    public VitConfig BeitEncoder() => Encoder() with
    {
        Positions = PositionEmbedding.None, RelativePositions = RelativePositionBias.Shared, LayerScale = 0.1,
    };
}
