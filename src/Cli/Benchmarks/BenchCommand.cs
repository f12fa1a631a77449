using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Benchmarks;

/// <summary>
/// <c>mood bench</c>: hands its arguments to <c>mood-bench</c>, a program of its own, so that no peer it measures against is
/// shipped with the product.
/// </summary>
internal static class BenchCommand
{
    private const string Program = "mood-bench";

    /// <summary>Where a checkout's build leaves it, seen from the folder of <c>mood</c>.</summary>
    private static readonly string BesideInCheckout = Path.Combine("..", "..", "Bench", "release");

    /// <summary>The verb's name.</summary>
    public const string Name = "bench";

    /// <summary>The verb as the list of verbs shows it; its own help is that of the other program.</summary>
    public static Command Create() => new(Name, "Measure what each layer costs, beside its peers; from a checkout, by ./mood bench.");

    /// <summary>Runs the other program with these arguments; its exit code is ours.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        string[] folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, BesideInCheckout)];
        if (folders.Select(f => Path.Combine(f, Program)).FirstOrDefault(File.Exists) is not { } path)
        {
            await Console.Error.WriteLineAsync($"mood bench: {Program} is not built; run ./mood bench in a checkout.");
            return ExitCode.Failed;
        }
        using var process = Process.Start(new ProcessStartInfo(path, arguments))!;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        await process.WaitForExitAsync();                                    // Ctrl-C reaches it as well: it ends by itself
        return process.ExitCode;
    }
}
