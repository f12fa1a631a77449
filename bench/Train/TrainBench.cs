using System.CommandLine;
using System.Globalization;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;

namespace MoodStream.Bench.Train;

/// <summary><c>mood bench train</c>: masked pre-training, beside a plain PyTorch loop over the same model.</summary>
internal static class TrainBench
{
    private const double MustRatio = 1;
    private const double AimRatio = 1.5;

    private static readonly Option<int> Batch = BenchOptions.Whole("--batch", "Images in a step.", 128, 1);
    private static readonly Option<int> Steps = BenchOptions.Whole("--steps", "Steps in a round.", 20, 1);
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Counted rounds.", 3, 1);
    private static readonly Option<string> Precision = new("--precision") { Description = "Ours in fp32 or bf16; the peer is in fp32.", DefaultValueFactory = _ => "fp32" };
    private static readonly Option<string> Python = BenchOptions.Python("torch");
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("train", "Masked pre-training with loading and augmentation, beside a plain PyTorch loop over ready images.")
    {
        Batch, Steps, Rounds, Precision, Python, Json,
    }.Runs((parsed, _) => Task.FromResult(Run(parsed)));

    private static int Run(ParseResult parsed)
    {
        int batch = parsed.GetValue(Batch), steps = parsed.GetValue(Steps), rounds = parsed.GetValue(Rounds);
        var settings = Settings(batch, (rounds + 2) * steps, parsed.GetRequiredValue(Precision) == "bf16");
        var side = settings.Encoder.ImageSize;
        using var ours = new MaePretraining(
            settings, new NoiseImages(batch, side), new PreprocessingRecipe { Resize = new ResizeRule.Exact(side, side) });
        using var peer = new PythonPeer(
            parsed.GetRequiredValue(Python), "plain_torch.py", "python3-torch",
            ShapeOf(settings).Select(n => n.ToString(CultureInfo.InvariantCulture)));
        var figures = PairedRun.Measure(
            "masked pre-training", rounds, ours: () => Take(ours, steps),
            peer: () => peer.Ask(steps.ToString(CultureInfo.InvariantCulture)));
        var name = $"MAE of width {settings.Encoder.Width}, depth {settings.Encoder.Depth}, {steps} steps of {batch}, beside PyTorch {peer.Version}";
        return new BenchReport(BenchMachine.Here(), [BenchRow.Of(name, figures, MustRatio, AimRatio)], new Dictionary<string, double>
        {
            ["ours_images_per_second"] = batch * steps / figures.OursSeconds.Median,
            ["peer_images_per_second"] = batch * steps / figures.PeerSeconds.Median,
        }).Publish(parsed.GetValue(Json));
    }

    /// <summary>The model and batch, in the order of the script's arguments.</summary>
    private static int[] ShapeOf(MaeSettings settings)
    {
        var (encoder, decoder) = (settings.Encoder, settings.Decoder);
        return
        [
            settings.BatchSize, encoder.ImageSize, encoder.PatchSize, encoder.Width, encoder.Depth, encoder.Heads, decoder.Width, decoder.Depth,
        ];
    }

    /// <summary>The encoder of the shipped backbone.</summary>
    private static MaeSettings Settings(int batch, int steps, bool mixed) => new()
    {
        Encoder = new VitConfig
        {
            ImageSize = 32, PatchSize = 4, Width = 192, Depth = 4, Heads = 6, Positions = PositionEmbedding.SineCosine,
            Pooling = Pooling.MeanOfNormedPatches,
        },
        Decoder = new MaeDecoderConfig { Width = 96, Depth = 1 },
        Epochs = steps, BatchSize = batch, Precision = mixed ? TrainingPrecision.Mixed : TrainingPrecision.Full,
    };

    private static void Take(MaePretraining run, int steps)
    {
        using var stop = new CancellationTokenSource();
        var taken = 0;
        run.Run(_ =>
        {
            if (++taken == steps) stop.Cancel();
        }, stop.Token);
    }
}
