using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;
using Spectre.Console;

namespace MoodStream.Cli.Training;

/// <summary>What a pre-training run came to.</summary>
internal sealed record PretrainResult(
    string Backbone, string ModelHash, string Data, int ImagesInData, long Steps, long TotalSteps, bool Finished,
    double FinalLoss, double ImagesPerSecond, double Seconds, int Seed);

/// <summary><c>mood pretrain</c>: masked pre-training of an encoder on unlabelled images.</summary>
internal static class PretrainCommand
{
    private static readonly Option<string> Method = new("--method") { Description = "Pretext task: mae.", DefaultValueFactory = _ => "mae" };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "Passes over the data.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> Batch = new("--batch") { Description = "Images in a step.", DefaultValueFactory = _ => 256 };
    private static readonly Option<double> Rate = new("--lr") { Description = "Learning rate for a batch of 256; scaled with the batch.", DefaultValueFactory = _ => 1.5e-4 };
    private static readonly Option<double> WarmUp = new("--warm-up") { Description = "Share of the steps spent on warm-up.", DefaultValueFactory = _ => 0.05 };
    private static readonly Option<double> MaskRatio = new("--mask-ratio") { Description = "Share of patches removed.", DefaultValueFactory = _ => 0.75 };
    private static readonly Option<double> MinCrop = new("--min-crop") { Description = "Smallest share of the area in a random crop.", DefaultValueFactory = _ => 0.2 };
    private static readonly Option<int> Size = new("--size") { Description = "Side of the encoder's input; pixels.", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> Patch = new("--patch") { Description = "Side of a patch; pixels.", DefaultValueFactory = _ => 4 };
    private static readonly Option<int> Width = new("--width") { Description = "Token width of the encoder.", DefaultValueFactory = _ => 192 };
    private static readonly Option<int> Depth = new("--depth") { Description = "Blocks of the encoder.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> Heads = new("--heads") { Description = "Attention heads of the encoder.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> DecoderWidth = new("--decoder-width") { Description = "Token width of the decoder.", DefaultValueFactory = _ => 96 };
    private static readonly Option<int> DecoderDepth = new("--decoder-depth") { Description = "Blocks of the decoder.", DefaultValueFactory = _ => 2 };
    private static readonly TrainingOptions Common = new();

    public static Command Create() => Common.AddTo(new Command("pretrain", "Pre-train an encoder on unlabelled images by predicting masked patches (MAE).")
    {
        Method, Epochs, Batch, Rate, WarmUp, MaskRatio, MinCrop, Size, Patch, Width, Depth, Heads, DecoderWidth, DecoderDepth,
    }).Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(Method) != "mae")
            throw new CliException($"--method is '{parsed.GetValue(Method)}'; known is mae.", ExitCode.WrongUsage);
        var (settings, dataset, files) = (Settings(parsed), Common.Open(parsed), Common.Files(parsed));
        var recipe = new PreprocessingRecipe { Resize = new ResizeRule.Exact(settings.Encoder.ImageSize, settings.Encoder.ImageSize) };
        using var training = new MaePretraining(settings, dataset, recipe);
        var outcome = Common.Run("mood pretrain", training, dataset, parsed, cancellation);

        Backbone.Save(files.Output, training.Encoder, recipe,
            $"MAE on {TrainingSession.PublicName(dataset)} ({dataset.Count} images), {training.Step} of {training.TotalSteps} steps of {settings.BatchSize}, seed {settings.Seed}");
        using var written = Backbone.Load(files.Output);
        ProgressBar.Console.MarkupLineInterpolated(
            $"[bold]{(outcome.Finished ? "done" : "stopped; --resume goes on")}[/]: {files.Output}, model hash {written.ModelHash}, loss {outcome.Loss:F4}, {outcome.ImagesPerSecond:F0} images/s");
        JsonReport.Write(parsed.GetValue(Common.Json), new(
            files.Output, written.ModelHash, dataset.Name, dataset.Count, training.Step, training.TotalSteps, outcome.Finished,
            outcome.Loss, outcome.ImagesPerSecond, outcome.Seconds, settings.Seed), JsonReport.Types.PretrainResult);
        return ExitCode.Ok;
    }

    private static PretrainSettings Settings(ParseResult parsed)
    {
        var (seed, workers, device) = Common.Machine(parsed);
        return new()
        {
            Encoder = new VitConfig
            {
                ImageSize = parsed.GetValue(Size), PatchSize = parsed.GetValue(Patch), Width = parsed.GetValue(Width),
                Depth = parsed.GetValue(Depth), Heads = parsed.GetValue(Heads), Positions = PositionEmbedding.SineCosine,
                Pooling = Pooling.MeanOfNormedPatches,
            },
            Decoder = new MaeDecoderConfig { Width = parsed.GetValue(DecoderWidth), Depth = parsed.GetValue(DecoderDepth) },
            Epochs = parsed.GetValue(Epochs), BatchSize = parsed.GetValue(Batch), BaseLearningRate = parsed.GetValue(Rate),
            WarmUpShare = parsed.GetValue(WarmUp), MaskRatio = parsed.GetValue(MaskRatio), MinCropScale = parsed.GetValue(MinCrop),
            Seed = seed, Workers = workers, Device = device,
        };
    }
}
