using System.Globalization;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Training;
using Spectre.Console;

namespace MoodStream.Cli.Training;

/// <summary>Files of a training run.</summary>
/// <param name="Output">Backbone to write.</param>
/// <param name="Checkpoint">Checkpoint to write and resume from.</param>
/// <param name="Log">JSON Lines log of the loss.</param>
internal sealed record TrainingFiles(string Output, string Checkpoint, string Log);

/// <summary>How a training run went.</summary>
/// <param name="Finished">Whether all steps are done; otherwise --resume goes on.</param>
/// <param name="Loss">Smoothed loss at the end.</param>
/// <param name="ImagesPerSecond">Images per second of this session.</param>
/// <param name="Seconds">Seconds of this session.</param>
internal sealed record TrainingOutcome(bool Finished, double Loss, double ImagesPerSecond, double Seconds);

/// <summary>Runs a training with a progress bar, a log and checkpoints; Ctrl-C saves a checkpoint and stops.</summary>
internal sealed class TrainingSession(TrainingFiles files, TimeSpan checkpointEvery, TimeProvider clock)
{
    private const double Smoothing = 0.98;
    private double _loss = double.NaN;

    /// <summary>Runs until all steps are done, or it is cancelled.</summary>
    /// <param name="title">Verb, for the first line.</param>
    /// <param name="run">The run.</param>
    /// <param name="dataset">Its images, for the first line.</param>
    /// <param name="resume">Whether to go on from the checkpoint, if there is one.</param>
    /// <param name="cancellation">Stops after the step in hand.</param>
    public TrainingOutcome Run(string title, ITrainingRun run, IImageDataset dataset, bool resume, CancellationToken cancellation)
    {
        if (resume && File.Exists(files.Checkpoint)) run.Resume(files.Checkpoint);
        var (firstStep, started) = (run.Step, clock.GetTimestamp());
        ProgressBar.Console.MarkupLineInterpolated(
            $"[bold]{title}[/] {dataset.Count:N0} images of {dataset.Name}, {run.TotalSteps:N0} steps of {run.BatchSize}, from step {firstStep:N0}");
        using (var lines = new StreamWriter(files.Log, append: firstStep > 0) { AutoFlush = true })
            ProgressBar.Console.Progress()
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(bar => Train(run, bar.AddTask("loss", maxValue: run.TotalSteps), lines, cancellation));
        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        return new(run.Step == run.TotalSteps, _loss, (run.Step - firstStep) * run.BatchSize / seconds, seconds);
    }

    /// <summary>The data set without the folders above it, which are nobody else's business.</summary>
    public static string PublicName(IImageDataset dataset)
    {
        var colon = dataset.Name.IndexOf(':') + 1;
        return dataset.Name[..colon] + Path.GetFileName(Path.TrimEndingDirectorySeparator(dataset.Name[colon..]));
    }

    private void Train(ITrainingRun run, ProgressTask bar, StreamWriter lines, CancellationToken cancellation)
    {
        var (started, saved) = (clock.GetTimestamp(), clock.GetTimestamp());
        bar.Value = run.Step;
        try
        {
            run.Run(progress =>
            {
                _loss = double.IsNaN(_loss) ? progress.Loss : Smoothing * _loss + (1 - Smoothing) * progress.Loss;
                var rate = progress.Images / clock.GetElapsedTime(started).TotalSeconds;
                bar.Value = progress.Step;
                bar.Description = $"loss {_loss:F4}, {rate:F0} images/s, epoch {progress.Epoch:F2}";
                lines.WriteLine(Line(progress, rate));
                if (clock.GetElapsedTime(saved) < checkpointEvery) return;
                run.Save(files.Checkpoint);
                saved = clock.GetTimestamp();
            }, cancellation);
        }
        finally
        {
            if (double.IsFinite(_loss)) run.Save(files.Checkpoint);
        }
    }

    private static string Line(TrainingProgress progress, double rate) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"step":{{progress.Step}},"epoch":{{progress.Epoch:F4}},"loss":{{progress.Loss:F6}},"lr":{{progress.LearningRate:E4}},"images_per_second":{{rate:F1}}}""");
}
