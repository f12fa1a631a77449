using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Forward;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Vision.Precision;
using static TorchSharp.torch;

namespace MoodStream.Bench.Detect;

/// <summary><c>mood bench detect-share</c>: what scoring a batch against many classes costs beside the forward pass of the batch.</summary>
internal static class DetectShareBench
{
    private const double MustShare = 0.02, AimShare = 0.005;

    private static readonly Option<int> Batch = BenchOptions.Whole("--batch", "Images of a batch.", 8, 1);
    private static readonly Option<int> Classes = BenchOptions.Whole("--classes", "Classes.", 1_000, 2);
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Counted rounds.", 5, 1);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<ForwardPrecision> Precision = new("--precision") { Description = "Type of the forward pass: auto, fp32 or bf16.", DefaultValueFactory = _ => ForwardPrecision.Auto };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("detect-share", "mahalanobis++ against many classes as a share of the forward pass of ViT-B/16.")
    {
        Batch, Classes, Rounds, Seed, Precision, Json,
    }.Runs((parsed, _) => Task.FromResult(Run(parsed)));

    private static int Run(ParseResult parsed)
    {
        int batch = parsed.GetValue(Batch), classes = parsed.GetValue(Classes), seed = parsed.GetValue(Seed);
        using var scope = NewDisposeScope();
        using var model = new RandomVit(seed);
        using var backbone = model.Load(parsed.GetValue(Precision));
        var images = RandomVit.Images(batch, seed);
        using var features = backbone.Extract(images);                                  // [B, D]
        using var detector = ManyClasses.Of(classes, RandomVit.Config.Width);
        var figures = PairedRun.Measure(
            "mahalanobis++ and forward", parsed.GetValue(Rounds), ours: () => _ = detector.Score(features), peer: () => backbone.Extract(images).Dispose());
        // Both are times of the same batch: the share is ours over the peer's, round by round.
        var name = $"mahalanobis++, {classes:N0} classes of {RandomVit.Config.Width}, share of the ViT-B/16 forward in {backbone.Precision}, batch {batch}";
        var row = BenchRow.OfShare(name, "s", figures.OursSeconds.Figures, figures.PeerSeconds.Figures, MustShare, AimShare);
        return new BenchReport(BenchMachine.Here(), [row]).Publish(parsed.GetValue(Json));
    }
}
