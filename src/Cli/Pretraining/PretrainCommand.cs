using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Pretraining;

/// <summary><c>mood pretrain</c>: masked pre-training of an encoder on unlabelled images.</summary>
internal static class PretrainCommand
{
    private static readonly Option<string> Method = new("--method") { Description = "Pretext task: mae.", DefaultValueFactory = _ => "mae" };
    private static readonly Option<string> Data = new("--data") { Description = $"Images: {DatasetName.Forms}.", Required = true, HelpName = "DATASET" };
    private static readonly Option<FileInfo> Out = new("--out") { Description = "Backbone file to write (.safetensors).", Required = true, HelpName = "FILE" };
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
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of initialisation, order, crops and masks.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Workers = new("--workers") { Description = "Threads that prepare batches.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Device = new("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<FileInfo?> Checkpoint = new("--checkpoint") { Description = "Checkpoint to write and resume from; default: the output with .checkpoint appended.", HelpName = "FILE" };
    private static readonly Option<double> CheckpointEvery = new("--checkpoint-every") { Description = "Minutes between checkpoints.", DefaultValueFactory = _ => 10 };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on from the checkpoint, if there is one." };
    private static readonly Option<FileInfo?> Log = new("--log") { Description = "JSON Lines log of the loss; default: the output with .log.jsonl appended.", HelpName = "FILE" };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("pretrain", "Pre-train an encoder on unlabelled images by predicting masked patches (MAE).")
    {
        Method, Data, Out, Epochs, Batch, Rate, WarmUp, MaskRatio, MinCrop, Size, Patch, Width, Depth, Heads, DecoderWidth,
        DecoderDepth, Seed, Workers, Device, Checkpoint, CheckpointEvery, Resume, Log, Json,
    }.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(Method) != "mae")
            throw new CliException($"--method is '{parsed.GetValue(Method)}'; known is mae.", ExitCode.WrongUsage);
        var output = parsed.GetRequiredValue(Out).FullName;
        var run = new PretrainRun(
            Settings(parsed), parsed.GetRequiredValue(Data), output,
            parsed.GetValue(Checkpoint)?.FullName ?? output + ".checkpoint",
            parsed.GetValue(Log)?.FullName ?? output + ".log.jsonl",
            TimeSpan.FromMinutes(parsed.GetValue(CheckpointEvery)), parsed.GetValue(Resume));
        var result = run.Run(TimeProvider.System, cancellation);
        JsonReport.Write(parsed.GetValue(Json), result, JsonReport.Types.PretrainResult);
        return ExitCode.Ok;
    }

    private static PretrainSettings Settings(ParseResult parsed) => new()
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
        Seed = parsed.GetValue(Seed), Workers = parsed.GetValue(Workers), Device = parsed.GetRequiredValue(Device),
    };
}
