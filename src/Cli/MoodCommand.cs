using System.CommandLine;
using MoodStream.Cli.Audit;
using MoodStream.Cli.Benchmarks;
using MoodStream.Cli.Demo;
using MoodStream.Cli.Evaluation;
using MoodStream.Cli.Hosting;
using MoodStream.Cli.Ingest;
using MoodStream.Cli.Scoring;
using MoodStream.Cli.Statistics;
using MoodStream.Cli.Terminal;
using MoodStream.Cli.Training;
using MoodStream.Cli.Verification;

namespace MoodStream.Cli;

/// <summary>The command <c>mood</c>: a list of its verbs, and what holds for all of them.</summary>
internal static class MoodCommand
{
    /// <summary>Longest a verb may take to end in order after Ctrl-C.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(60);

    /// <summary>Parses and runs; exit codes are in <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [BenchCommand.Name, .. var benchmark]) return await BenchCommand.RunAsync(benchmark);
        var root = new RootCommand("MoodStream: a streaming out-of-distribution gate for images.")
        {
            DemoCommand.Create(),
            ServiceCommands.CreateGateway(),
            ServiceCommands.CreateScorer(),
            ServiceCommands.CreateTrainer(),
            FitCommand.Create(),
            ScoreCommand.Create(),
            EvaluateCommand.Create(),
            ProbeCommand.Create(),
            PretrainCommand.Create(),
            FinetuneCommand.Create(),
            VerifyCommand.Create(),
            IngestCommand.Create(),
            TopicsCommand.Create(),
            StatsCommand.Create(),
            AuditCommand.Create(),
            BenchCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = DrainTime });
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"mood: {error.Message}");
        await Console.Error.WriteLineAsync($"See: {$"mood {Verb.PathOf(parsed.CommandResult)}".TrimEnd()} --help");
        return ExitCode.WrongUsage;
    }
}
