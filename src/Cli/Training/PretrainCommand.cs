using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Tokenizers;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;
using Spectre.Console;

namespace MoodStream.Cli.Training;

/// <summary>What a pre-training run came to: a backbone with its hash, or a tokenizer with the use of its codes.</summary>
internal sealed record PretrainResult(
    string Method, string Backbone, string? ModelHash, double? CodePerplexity, int? Codes, string Data, int ImagesInData,
    long Steps, long TotalSteps, bool Finished, double FinalLoss, double ImagesPerSecond, double WaitingShare, double Seconds, int Seed);

/// <summary><c>mood pretrain</c>: pre-training of an encoder, or of a tokenizer, on unlabelled images.</summary>
internal static class PretrainCommand
{
    private static readonly Option<string> Method = new("--method")
    {
        Description = "Pretext task: mae; dvae (a tokenizer), then beit; vqkd (a tokenizer with a teacher), then beit2; moco.",
        DefaultValueFactory = _ => "mae",
    };

    private static readonly TrainingOptions Common = new();
    private static readonly PretrainOptions Options = new(Common);

    public static Command Create() => Options.AddTo(
        new Command("pretrain", "Pre-train an encoder on unlabelled images, by masked patches or by contrast.") { Method })
        .Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var method = PretrainMethod.Of(parsed.GetRequiredValue(Method));
        var (choices, dataset, files) = (Options.Read(parsed, method.Name), Common.Open(parsed), Common.Files(parsed));
        using var training = method.Start(choices, dataset);
        var outcome = Common.Run($"mood pretrain --method {method.Name}", training, dataset, parsed, cancellation);

        training.Export(files.Output, $"{method.Title} on {TrainingSession.PublicName(dataset)} ({dataset.Count} images), "
            + $"{training.Step} of {training.TotalSteps} steps of {training.BatchSize}, seed {choices.Machine.Seed}");
        var result = Describe(method.Name, training, files.Output) with
        {
            Data = dataset.Name, ImagesInData = dataset.Count, Finished = outcome.Finished, FinalLoss = outcome.Loss,
            ImagesPerSecond = outcome.ImagesPerSecond, WaitingShare = outcome.WaitingShare, Seconds = outcome.Seconds,
            Seed = choices.Machine.Seed,
        };
        var what = result.ModelHash is { } hash ? $"model hash {hash}" : $"{result.CodePerplexity:F1} of {result.Codes} codes in use";
        ProgressBar.Console.MarkupLineInterpolated(
            $"[bold]{(outcome.Finished ? "done" : "stopped; --resume goes on")}[/]: {files.Output}, {what}, loss {outcome.Loss:F4}, {outcome.ImagesPerSecond:F0} images/s");
        JsonReport.Write(parsed.GetValue(Common.Json), result, TrainingJson.Types.PretrainResult);
        if (outcome.Finished && result.Codes is not null) RequireUse(files.Output, choices);
        return ExitCode.Ok;
    }

    private static PretrainResult Describe(string method, TrainingRun training, string path)
    {
        var (hash, perplexity, codes) = ((string?)null, (double?)null, (int?)null);
        if (training is TokenizerRun)
        {
            var file = TokenizerFile.Load(path);
            using var tokenizer = file.Tokenizer;
            (perplexity, codes) = (file.Use.Perplexity, file.Use.Codes);
        }
        else
        {
            using var backbone = Backbone.Load(path);
            hash = backbone.ModelHash;
        }
        return new(method, path, hash, perplexity, codes, "", 0, training.Step, training.TotalSteps, false, 0, 0, 0, 0, 0);
    }

    /// <summary>The gate of a tokenizer: the file stays, the exit code says that it is not good enough.</summary>
    private static void RequireUse(string path, PretrainChoices choices)
    {
        var file = TokenizerFile.Load(path);
        using var tokenizer = file.Tokenizer;
        file.Require(choices.LeastCodeUse ?? BeitSettings.UsualLeastCodeUse);
    }
}
