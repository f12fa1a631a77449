using System.Globalization;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;
using Spectre.Console;

namespace MoodStream.Cli.Pretraining;

/// <summary>What a pre-training run came to.</summary>
internal sealed record PretrainResult(
    string Backbone, string ModelHash, string Data, int ImagesInData, long Steps, long TotalSteps, bool Finished,
    double FinalLoss, double ImagesPerSecond, double Seconds, int Seed);

/// <summary>One pre-training run with its files: checkpoint, log, backbone.</summary>
internal sealed class PretrainRun(
    PretrainSettings settings, string data, string output, string checkpoint, string log, TimeSpan checkpointEvery, bool resume)
{
    private const double Smoothing = 0.98;
    private double _loss = double.NaN;

    /// <summary>Trains with a progress bar; Ctrl-C saves a checkpoint and stops.</summary>
    public PretrainResult Run(TimeProvider clock, CancellationToken cancellation)
    {
        var dataset = DatasetName.Open(data);
        var recipe = new PreprocessingRecipe { Resize = new ResizeRule.Exact(settings.Encoder.ImageSize, settings.Encoder.ImageSize) };
        using var training = new MaePretraining(settings, dataset, recipe);
        if (resume && File.Exists(checkpoint)) training.Resume(checkpoint);
        var (firstStep, started) = (training.Step, clock.GetTimestamp());
        ProgressBar.Console.MarkupLineInterpolated($"[bold]mood pretrain[/] {dataset.Count:N0} images of {dataset.Name}, {training.TotalSteps:N0} steps of {settings.BatchSize}, from step {firstStep:N0}");

        using var lines = new StreamWriter(log, append: firstStep > 0) { AutoFlush = true };
        ProgressBar.Console.Progress().Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(bar => Train(training, bar.AddTask("loss", maxValue: training.TotalSteps), lines, clock, cancellation));

        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        var rate = (training.Step - firstStep) * settings.BatchSize / seconds;
        return Finish(training, recipe, dataset, rate, seconds);
    }

    private void Train(MaePretraining training, ProgressTask bar, StreamWriter lines, TimeProvider clock, CancellationToken cancellation)
    {
        var (started, saved) = (clock.GetTimestamp(), clock.GetTimestamp());
        bar.Value = training.Step;
        try
        {
            training.Run(progress =>
            {
                _loss = double.IsNaN(_loss) ? progress.Loss : Smoothing * _loss + (1 - Smoothing) * progress.Loss;
                var rate = progress.Images / clock.GetElapsedTime(started).TotalSeconds;
                bar.Value = progress.Step;
                bar.Description = $"loss {_loss:F4}, {rate:F0} images/s, epoch {progress.Epoch:F2}";
                lines.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $$"""{"step":{{progress.Step}},"epoch":{{progress.Epoch:F4}},"loss":{{progress.Loss:F6}},"lr":{{progress.LearningRate:E4}},"images_per_second":{{rate:F1}}}"""));
                if (clock.GetElapsedTime(saved) < checkpointEvery) return;
                training.Save(checkpoint);
                saved = clock.GetTimestamp();
            }, cancellation);
        }
        finally
        {
            if (double.IsFinite(_loss)) training.Save(checkpoint);
        }
    }

    private PretrainResult Finish(MaePretraining training, PreprocessingRecipe recipe, IImageDataset dataset, double rate, double seconds)
    {
        var finished = training.Step == training.TotalSteps;
        Backbone.Save(output, training.Encoder, recipe,
            $"MAE on {Path.GetFileName(Path.TrimEndingDirectorySeparator(data))} ({dataset.Count} images), {training.Step} of {training.TotalSteps} steps of {settings.BatchSize}, seed {settings.Seed}");
        using var written = Backbone.Load(output);
        ProgressBar.Console.MarkupLineInterpolated($"[bold]{(finished ? "done" : "stopped; --resume goes on")}[/]: {output}, model hash {written.ModelHash}, loss {_loss:F4}, {rate:F0} images/s");
        return new(output, written.ModelHash, dataset.Name, dataset.Count, training.Step, training.TotalSteps, finished, _loss, rate, seconds, settings.Seed);
    }
}
