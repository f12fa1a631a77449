using Spectre.Console;

namespace MoodStream.Cli.Terminal;

/// <summary>A progress bar for long work; plain lines where the output is no terminal. It goes to the error stream, so results stay clean.</summary>
internal static class ProgressBar
{
    /// <summary>Console of everything that is not a result.</summary>
    public static IAnsiConsole Console => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) });

    /// <summary>Runs the work with a bar from 0 to <paramref name="total"/>.</summary>
    public static T Run<T>(string title, int total, Func<Action<int>, T> work) => Console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            var bar = context.AddTask(Markup.Escape(title), maxValue: total);
            return work(done => bar.Increment(done));
        });
}
