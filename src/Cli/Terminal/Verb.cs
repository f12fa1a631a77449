using System.CommandLine;
using System.CommandLine.Parsing;

namespace MoodStream.Cli.Terminal;

/// <summary>A failure that the user can understand and mend: one line, no stack trace.</summary>
internal sealed class CliException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    /// <summary>What the shell gets.</summary>
    public int Code { get; } = exitCode;
}

/// <summary>What every verb has: <c>--json</c>, <c>--verbose</c>, and errors as one readable line.</summary>
internal static class Verb
{
    /// <summary>Where machine-readable results go.</summary>
    public static Option<FileInfo?> Json() => new("--json") { Description = "Write the results as JSON to this file.", HelpName = "FILE" };

    /// <summary>Adds the common options and the action to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="action">What it does; returns the exit code.</param>
    public static Command Runs(this Command command, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show the stack trace of a failure." };
        command.Add(verbose);
        command.SetAction((parsed, cancellation) => GuardAsync(PathOf(parsed.CommandResult), parsed.GetValue(verbose), () => action(parsed, cancellation)));
        return command;
    }

    /// <summary>The verb as it was written, with the verb above it: <c>ingest tree</c>; empty for the command itself.</summary>
    public static string PathOf(CommandResult result) => result.Command is RootCommand
        ? ""
        : string.Join(' ', new[] { result.Parent is CommandResult above ? PathOf(above) : "", result.Command.Name }.Where(n => n.Length > 0));

    private static async Task<int> GuardAsync(string verb, bool verbose, Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
#pragma warning disable CA1031 // The edge of the process: whatever failed becomes one line and an exit code; --verbose shows the rest.
        catch (Exception e) when (!verbose)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"mood {verb}: {OneLine(e.Message)}");
            return e is CliException cli ? cli.Code : ExitCode.Failed;
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
