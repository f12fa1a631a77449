using MoodStream.Cli;

namespace MoodStream.CliTests.Terminal;

/// <summary>Runs the command in this process and catches what it prints. Console is global, so its users share one collection.</summary>
internal static class InProcess
{
    public static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var caughtOutput = new StringWriter();
        using var caughtError = new StringWriter();
        Console.SetOut(caughtOutput);
        Console.SetError(caughtError);
        try
        {
            var exit = await MoodCommand.RunAsync(args);
            return (exit, caughtOutput.ToString(), caughtError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}

/// <summary>Tests that print, one after another.</summary>
[CollectionDefinition(nameof(TheConsole), DisableParallelization = true)]
public sealed class TheConsole;
