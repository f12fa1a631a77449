using System.Text.Json;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.All;

/// <summary>One benchmark of the table, run as a process of its own, so that none inherits the memory and the threads of another.</summary>
/// <param name="Name">Prefix of its figures.</param>
/// <param name="Arguments">Its verb and options.</param>
internal sealed record BenchPart(string Name, IReadOnlyList<string> Arguments)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="CliException">It ended without results; a row that misses what it must reach is a result.</exception>
    public async Task<BenchReport> RunAsync(CancellationToken cancellation) =>
        JsonSerializer.Deserialize(await JsonOfProgram.RunAsync(Environment.ProcessPath!, Arguments, cancellation), BenchJson.Default.BenchReport)!;
}
