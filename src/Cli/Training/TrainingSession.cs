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
/// <param name="WaitingShare">Share of that time in which the device waited for images.</param>
/// <param name="Seconds">Seconds of this session.</param>
internal sealed record TrainingOutcome(bool Finished, double Loss, double ImagesPerSecond, double WaitingShare, double Seconds);

/// <summary>
/// Runs a training with a progress bar, a log, a plot and checkpoints; Ctrl-C saves a checkpoint and stops. Where the numbers
/// go wrong, the last checkpoint stays as it is.
/// </summary>
internal sealed class TrainingSession(TrainingFiles files, TimeSpan checkpointEvery, TimeProvider clock)
{
    private const double Smoothing = 0.98;
    private double _loss = double.NaN;
    private TimeSpan _waited;

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
        LossPlot.Write(files.Log, title);
        var rate = PerSecond((run.Step - firstStep) * run.BatchSize, seconds);
        return new(run.Step == run.TotalSteps, _loss, rate, PerSecond(_waited.TotalSeconds, seconds), seconds);
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
        var sound = true;
        try
        {
            run.Run(progress =>
            {
                _loss = double.IsNaN(_loss) ? progress.Loss : Smoothing * _loss + (1 - Smoothing) * progress.Loss;
                _waited = progress.Waited;
                var elapsed = clock.GetElapsedTime(started).TotalSeconds;
                var rate = PerSecond(progress.Images, elapsed);
                bar.Value = progress.Step;
                bar.Description = $"loss {_loss:F4}, {rate:F0} images/s, lr {progress.LearningRate:E1}, epoch {progress.Epoch:F2}";
                lines.WriteLine(Line(progress, rate, PerSecond(progress.Waited.TotalSeconds, elapsed)));
                if (clock.GetElapsedTime(saved) < checkpointEvery) return;
                run.Save(files.Checkpoint);
                saved = clock.GetTimestamp();
            }, cancellation);
        }
        catch (TrainingException e)
        {
            sound = false;                                            // weights may be spoilt: never over a good checkpoint
            throw new CliException(File.Exists(files.Checkpoint) ? $"{e.Message} The last good checkpoint is {files.Checkpoint}." : e.Message);
        }
        finally
        {
            if (sound && double.IsFinite(_loss)) run.Save(files.Checkpoint);
        }
    }

    /// <summary>An amount by seconds; 0 before any time has passed, since JSON has no infinity.</summary>
    private static double PerSecond(double amount, double seconds) => seconds > 0 ? amount / seconds : 0;

    private static string Line(in TrainingProgress progress, double rate, double waiting)
    {
        var figures = string.Concat(progress.Figures.Select(f =>
            string.Create(CultureInfo.InvariantCulture, $""","{f.Key}":{f.Value:G6}""")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"step":{{progress.Step}},"epoch":{{progress.Epoch:F4}},"loss":{{progress.Loss:F6}},"lr":{{progress.LearningRate:E4}},"images_per_second":{{rate:F1}},"waiting_share":{{waiting:F4}}{{figures}}}""");
    }
}
