using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Tokenizers;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Training;

/// <summary>A pretext task that <c>mood pretrain</c> knows.</summary>
/// <param name="Name">What <c>--method</c> calls it.</param>
/// <param name="Title">What a backbone's origin calls it.</param>
/// <param name="Start">Begins a run with what was chosen.</param>
internal sealed record PretrainMethod(string Name, string Title, Func<PretrainChoices, IImageDataset, TrainingRun> Start)
{
    private const int UsualEpochs = 10;
    private const int ClassTokenBlocks = 2;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PretrainMethod> All { get; } =
    [
        new("mae", "MAE", Mae),
        new("dvae", "discrete VAE", Dvae),
        new("beit", "BEiT", (choices, dataset) => Beit(choices, dataset, 0)),
        new("vqkd", "vector-quantised tokenizer", VectorQuantised),
        new("beit2", "BEiT v2", (choices, dataset) => Beit(choices, dataset, ClassTokenBlocks)),
        new("moco", "MoCo v3", Moco),
    ];

    /// <summary>The one of this name.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static PretrainMethod Of(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new CliException($"--method is '{name}'; known are {string.Join(", ", All.Select(m => m.Name))}.", ExitCode.WrongUsage);

    private static MaePretraining Mae(PretrainChoices choices, IImageDataset dataset)
    {
        var (settings, decoder) = (new MaeSettings { Encoder = choices.Encoder(), Epochs = choices.Epochs ?? UsualEpochs }, new MaeDecoderConfig());
        return new MaePretraining(choices.In(settings with
        {
            Decoder = decoder with { Width = choices.DecoderWidth ?? decoder.Width, Depth = choices.DecoderDepth ?? decoder.Depth },
            MaskRatio = choices.MaskRatio ?? settings.MaskRatio,
        }), dataset, choices.Recipe);
    }

    private static DvaeTraining Dvae(PretrainChoices choices, IImageDataset dataset)
    {
        var tokenizer = new DvaeConfig { ImageSize = choices.Size ?? 32, Stages = choices.Stages };
        var settings = new DvaeSettings { Tokenizer = tokenizer, Epochs = choices.Epochs ?? UsualEpochs };
        return new DvaeTraining(choices.In(settings with
        {
            Tokenizer = tokenizer with
            {
                Codes = choices.Codes ?? tokenizer.Codes, CodeWidth = choices.CodeWidth ?? tokenizer.CodeWidth,
                Hidden = choices.Hidden ?? tokenizer.Hidden,
            },
            DivergenceWeight = choices.DivergenceWeight ?? settings.DivergenceWeight,
        }), dataset, choices.Recipe);
    }

    private static BeitPretraining Beit(PretrainChoices choices, IImageDataset dataset, int classTokenDepth)
    {
        var file = Asked(choices.Tokenizer, "--tokenizer", "train one with --method dvae or vqkd");
        var settings = new BeitSettings { Encoder = choices.BeitEncoder(), Epochs = choices.Epochs ?? UsualEpochs };
        var tokenizer = TokenizerFile.Load(file.FullName);
        return new BeitPretraining(choices.In(settings with
        {
            MaskRatio = choices.MaskRatio ?? settings.MaskRatio, ClassTokenDepth = classTokenDepth,
            LeastCodeUse = choices.LeastCodeUse ?? settings.LeastCodeUse,
        }), tokenizer, dataset, Squared(tokenizer.Recipe, settings.Encoder.ImageSize));
    }

    private static CodebookTraining VectorQuantised(PretrainChoices choices, IImageDataset dataset)
    {
        var file = Asked(choices.Teacher, "--teacher", "name a backbone, such as one of --method mae");
        var (teacher, recipe) = Backbone.ReadEncoder(file.FullName, dropPath: 0);
        var encoder = choices.Encoder() with { ImageSize = teacher.Config.ImageSize, PatchSize = teacher.Config.PatchSize };
        var tokenizer = new CodebookConfig { Encoder = encoder, TeacherWidth = teacher.Config.Width };
        return new CodebookTraining(choices.In(new CodebookSettings
        {
            Epochs = choices.Epochs ?? UsualEpochs,
            Tokenizer = tokenizer with
            {
                Codes = choices.Codes ?? tokenizer.Codes, CodeWidth = choices.CodeWidth ?? tokenizer.CodeWidth,
                DecoderDepth = choices.DecoderDepth ?? tokenizer.DecoderDepth,
            },
        }), teacher, dataset, Squared(recipe, encoder.ImageSize));
    }

    private static MocoPretraining Moco(PretrainChoices choices, IImageDataset dataset)
    {
        var settings = new MocoSettings { Encoder = choices.Encoder(), Epochs = choices.Epochs ?? UsualEpochs };
        return new MocoPretraining(
            choices.In(settings with { HiddenWidth = choices.Hidden ?? settings.HiddenWidth }), dataset, choices.Recipe);
    }

    /// <summary>A random crop is square already: all that is left to do is to bring it to the input's size.</summary>
    private static PreprocessingRecipe Squared(PreprocessingRecipe recipe, int side) =>
        recipe with { Resize = new ResizeRule.Exact(side, side), Crop = null };

    private static FileInfo Asked(FileInfo? file, string option, string advice) => file
        ?? throw new CliException($"This method needs {option} FILE: {advice}.", ExitCode.WrongUsage);
}
