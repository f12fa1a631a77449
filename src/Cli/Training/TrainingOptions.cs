using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Training;

namespace MoodStream.Cli.Training;

/// <summary>How a training run uses its machine.</summary>
/// <param name="Seed">Seed of everything that is left to chance.</param>
/// <param name="Workers">Threads that prepare batches.</param>
/// <param name="Device">cpu or cuda.</param>
/// <param name="Parts">Parts a batch goes through the model in.</param>
/// <param name="Precision">Arithmetic.</param>
internal sealed record TrainingMachine(int Seed, int Workers, string Device, int Parts, TrainingPrecision Precision);

/// <summary>Options that every training verb has.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string> _data = new("--data") { Description = $"Images: {DatasetName.Forms}.", Required = true, HelpName = "DATASET" };
    private readonly Option<FileInfo?> _excluded = new("--exclude-classes")
    {
        Description = "File that lists classes to leave out, one a line (its first word).", HelpName = "FILE",
    };
    private readonly Option<FileInfo> _out = new("--out") { Description = "Backbone file to write (.safetensors).", Required = true, HelpName = "FILE" };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of everything that is left to chance.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _workers = new("--workers") { Description = "Threads that prepare batches.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _device = new("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };
    private readonly Option<int> _parts = new("--accumulate") { Description = "Parts a batch goes through the model in, to save memory; their gradients are added.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _precision = new("--precision") { Description = "fp32, or bf16: the encoder's matrix products in bfloat16, weights in float32.", DefaultValueFactory = _ => "fp32" };
    private readonly Option<FileInfo?> _checkpoint = new("--checkpoint")
    {
        Description = "Checkpoint to write and resume from; default: the output with .checkpoint appended.", HelpName = "FILE",
    };
    private readonly Option<double> _every = new("--checkpoint-every") { Description = "Minutes between checkpoints.", DefaultValueFactory = _ => 10 };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the checkpoint, if there is one." };
    private readonly Option<FileInfo?> _log = new("--log")
    {
        Description = "JSON Lines log of the loss; default: the output with .log.jsonl appended.", HelpName = "FILE",
    };

    /// <summary>File for the machine-readable result.</summary>
    public Option<FileInfo?> Json { get; } = Verb.Json();

    /// <summary>Adds all of them to a verb.</summary>
    public Command AddTo(Command command)
    {
        Option[] all = [_data, _excluded, _out, _seed, _workers, _device, _parts, _precision, _checkpoint, _every, _resume, _log, Json];
        foreach (var option in all) command.Add(option);
        return command;
    }

    /// <summary>Opens the data set, without the classes that are to be left out.</summary>
    /// <exception cref="DatasetException">It cannot be opened, or a class to leave out is none of its classes.</exception>
    public IImageDataset Open(ParseResult parsed)
    {
        var whole = DatasetName.Open(parsed.GetRequiredValue(_data));
        return parsed.GetValue(_excluded) is { } file ? ClassSelection.Without(whole, ClassSelection.ReadNames(file.FullName)) : whole;
    }

    /// <summary>How the run uses its machine.</summary>
    /// <exception cref="CliException">The precision is none that is known.</exception>
    public TrainingMachine Machine(ParseResult parsed) => new(
        parsed.GetValue(_seed), parsed.GetValue(_workers), parsed.GetRequiredValue(_device), parsed.GetValue(_parts),
        parsed.GetRequiredValue(_precision) switch
        {
            "fp32" => TrainingPrecision.Full,
            "bf16" => TrainingPrecision.Mixed,
            var other => throw new CliException($"--precision is '{other}'; known are fp32 and bf16.", ExitCode.WrongUsage),
        });

    /// <summary>Files of the run.</summary>
    public TrainingFiles Files(ParseResult parsed)
    {
        var output = parsed.GetRequiredValue(_out).FullName;
        return new(output, parsed.GetValue(_checkpoint)?.FullName ?? output + ".checkpoint", parsed.GetValue(_log)?.FullName ?? output + ".log.jsonl");
    }

    /// <summary>Runs a training as these options say.</summary>
    public TrainingOutcome Run(
        string title, ITrainingRun run, IImageDataset dataset, ParseResult parsed, CancellationToken cancellation) =>
        new TrainingSession(Files(parsed), TimeSpan.FromMinutes(parsed.GetValue(_every)), TimeProvider.System)
            .Run(title, run, dataset, parsed.GetValue(_resume), cancellation);
}
