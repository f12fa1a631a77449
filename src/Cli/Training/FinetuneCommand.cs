using System.CommandLine;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;
using Spectre.Console;

namespace MoodStream.Cli.Training;

/// <summary>What a fine-tuning run came to.</summary>
internal sealed record FinetuneResult(
    string Backbone, string ModelHash, string StartedFrom, string Stage, string Data, int ImagesInData, int Outputs, long Steps,
    long TotalSteps, bool Finished, double FinalLoss, double LossFloor, double ImagesPerSecond, double Seconds, int Seed);

/// <summary><c>mood finetune</c>: supervised fine-tuning of a pre-trained encoder.</summary>
internal static class FinetuneCommand
{
    private static readonly FinetuneSettings Usual = new() { Stage = FinetuneStage.Intermediate, Epochs = 10 };

    private static readonly Dictionary<string, FinetuneStage> Stages = new()
    {
        ["intermediate"] = FinetuneStage.Intermediate, ["multi-class"] = FinetuneStage.MultiClass, ["one-class"] = FinetuneStage.OneClass,
    };

    private static readonly Option<string> Stage = new("--stage") { Description = "intermediate: a large labelled set; multi-class: the in-distribution set; one-class: one class, many outputs.", DefaultValueFactory = _ => "intermediate" };
    private static readonly Option<FileInfo?> From = BackboneFile.Option();
    private static readonly Option<int> Epochs = Of("--epochs", "Passes over the data.", Usual.Epochs);
    private static readonly Option<int> Batch = Of("--batch", "Images in a step.", Usual.BatchSize);
    private static readonly Option<double> Rate = Of("--lr", "Learning rate of the top for a batch of 256; scaled with the batch.", Usual.BaseLearningRate);
    private static readonly Option<double> WarmUp = Of("--warm-up", "Share of the steps spent on warm-up.", Usual.WarmUpShare);
    private static readonly Option<double> WeightDecay = Of("--weight-decay", "Weight decay of matrices.", Usual.WeightDecay);
    private static readonly Option<double> Decay = Of("--layer-decay", "Factor of the learning rate from each layer to the one below, in (0, 1].", Usual.LayerDecay);
    private static readonly Option<double> DropPath = Of("--drop-path", "Largest share of samples that skip a block's path.", Usual.DropPath);
    private static readonly Option<double> Clip = Of("--clip-norm", "Largest norm of the gradient; 0 does not clip.", Usual.ClipNorm);
    private static readonly Option<double> Smoothing = Of("--label-smoothing", "Label smoothing, in [0, 1).", Usual.LabelSmoothing);
    private static readonly Option<double> MinCrop = Of("--min-crop", "Smallest share of the area in a random crop.", Usual.MinCropScale);
    private static readonly Option<double> Augment = Of("--rand-augment", "Magnitude of RandAugment, in [0, 10]; 0 is off.", Usual.AugmentMagnitude);
    private static readonly Option<double> Erasing = Of("--erasing", "Share of images with a part erased.", Usual.ErasingProbability);
    private static readonly Option<double> Mixup = Of("--mixup", "Alpha of mixup; 0 is off.", Usual.MixupAlpha);
    private static readonly Option<double> CutMix = Of("--cutmix", "Alpha of CutMix; 0 is off.", Usual.CutMixAlpha);
    private static readonly Option<double> Average = Of("--average", "Decay of the running average of the weights; 0 is off.", Usual.AverageDecay);
    private static readonly Option<int> Outputs = Of("--outputs", "Outputs of a one-class run.", Usual.OneClassOutputs);
    private static readonly Option<string?> Outliers = new("--outliers") { Description = "Images from elsewhere that the classifier shall not know (outlier exposure).", HelpName = "DATASET" };
    private static readonly Option<int?> OutlierImages = new("--outlier-images") { Description = "How many of them are used, the first ones. Default all." };
    private static readonly Option<double> OutlierShare = Of("--outlier-share", "Share of a batch that are outliers, in (0, 1).", 0.2);
    private static readonly Option<double> OutlierWeight = Of("--outlier-weight", "Weight of their loss.", 0.5);
    private static readonly TrainingOptions Common = new();

    public static Command Create() => Common.AddTo(new Command("finetune", "Fine-tune a pre-trained encoder on labelled images.")
    {
        Stage, From, Epochs, Batch, Rate, WarmUp, WeightDecay, Decay, DropPath, Clip, Smoothing, MinCrop, Augment, Erasing, Mixup, CutMix,
        Average, Outputs, Outliers, OutlierImages, OutlierShare, OutlierWeight,
    }).Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var stage = parsed.GetRequiredValue(Stage);
        if (!Stages.ContainsKey(stage))
            throw new CliException($"--stage is '{stage}'; known are {string.Join(", ", Stages.Keys)}.", ExitCode.WrongUsage);
        var (settings, dataset, files) = (Settings(parsed), Open(parsed), Common.Files(parsed));
        var from = BackboneFile.PathOf(parsed.GetValue(From));
        var (encoder, recipe) = Backbone.ReadEncoder(from, settings.DropPath);
        using var training = new FineTuning(settings, encoder, recipe, dataset);
        var outcome = Common.Run("mood finetune", training, dataset, parsed, cancellation);

        var outputs = settings.OutputsFor(dataset.ClassNames.Count);
        var floor = new LabelSmoothing(settings.LabelSmoothing, outputs).LossFloor;
        training.Export(files.Output, $"{stage} fine-tuning of {Path.GetFileName(from)} on {TrainingSession.PublicName(dataset)} "
            + $"({dataset.Count} images, {outputs} outputs), {training.Step} of {training.TotalSteps} steps of {settings.BatchSize}, seed {settings.Seed}");
        using var written = Backbone.Load(files.Output);
        ProgressBar.Console.MarkupLineInterpolated(
            $"[bold]{(outcome.Finished ? "done" : "stopped; --resume goes on")}[/]: {files.Output}, model hash {written.ModelHash}, loss {outcome.Loss:F4} (floor {floor:F4}), {outcome.ImagesPerSecond:F0} images/s");
        JsonReport.Write(parsed.GetValue(Common.Json), new(
            files.Output, written.ModelHash, from, stage, dataset.Name, dataset.Count, outputs, training.Step, training.TotalSteps,
            outcome.Finished, outcome.Loss, floor, outcome.ImagesPerSecond, outcome.Seconds, settings.Seed), TrainingJson.Types.FinetuneResult);
        return ExitCode.Ok;
    }

    private static IImageDataset Open(ParseResult parsed)
    {
        var known = Common.Open(parsed);
        if (parsed.GetValue(Outliers) is not { } name) return known;
        var outliers = DatasetName.Open(name);
        return new OutlierMixture(known, outliers, parsed.GetValue(OutlierImages) ?? outliers.Count, parsed.GetValue(OutlierShare));
    }

    private static FinetuneSettings Settings(ParseResult parsed)
    {
        var machine = Common.Machine(parsed);
        return new()
        {
            Stage = Stages[parsed.GetRequiredValue(Stage)], Epochs = parsed.GetValue(Epochs), BatchSize = parsed.GetValue(Batch),
            BaseLearningRate = parsed.GetValue(Rate), WarmUpShare = parsed.GetValue(WarmUp), WeightDecay = parsed.GetValue(WeightDecay),
            LayerDecay = parsed.GetValue(Decay), DropPath = parsed.GetValue(DropPath), ClipNorm = parsed.GetValue(Clip),
            LabelSmoothing = parsed.GetValue(Smoothing), MinCropScale = parsed.GetValue(MinCrop),
            AugmentMagnitude = parsed.GetValue(Augment), ErasingProbability = parsed.GetValue(Erasing), MixupAlpha = parsed.GetValue(Mixup), CutMixAlpha = parsed.GetValue(CutMix),
            AverageDecay = parsed.GetValue(Average), OneClassOutputs = parsed.GetValue(Outputs),
            OutlierWeight = parsed.GetValue(Outliers) is null ? 0 : parsed.GetValue(OutlierWeight),
            Seed = machine.Seed, Workers = machine.Workers, Device = machine.Device, Parts = machine.Parts, Precision = machine.Precision,
        };
    }

    private static Option<T> Of<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
