using System.Diagnostics;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Driver;

/// <summary>What a program writes with <c>--json FILE</c>.</summary>
internal static class JsonOfProgram
{
    /// <summary>Runs it to its end; what it prints is not shown, what it complains of is.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its verb and options, without <c>--json</c>.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The bytes of the file; there is at least one. A program may end with any code once it has written it.</returns>
    /// <exception cref="CliException">It ended without results.</exception>
    public static async Task<byte[]> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var file = Path.GetTempFileName();
        try
        {
            var call = new ProcessStartInfo(program, [.. arguments, "--json", file]) { RedirectStandardOutput = true };
            using var process = Process.Start(call)!;
            await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            var json = await File.ReadAllBytesAsync(file, cancellation);
            return json.Length > 0
                ? json
                : throw new CliException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with code {process.ExitCode} and no results.");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
