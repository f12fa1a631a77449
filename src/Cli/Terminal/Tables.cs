using Spectre.Console;

namespace MoodStream.Cli.Terminal;

/// <summary>Tables on the output stream; where that is a file or a pipe, wide enough that no cell is broken.</summary>
internal static class Tables
{
    private const int PipeWidth = 160;

    public static void Write(Table table)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = PipeWidth;
        console.Write(table);
    }
}
