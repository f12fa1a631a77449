using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Redis;

/// <summary><c>mood bench redis</c>: a real Redis is killed, emptied and slowed while images stream.</summary>
internal static class RedisBench
{
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Port = BenchOptions.Port(31_292);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("redis", "Kill, empty and slow a real Redis while images stream, and see what the gate does.")
    {
        Kafka, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var run = new RedisRun(
            new RedisPlan(parsed.GetValue(Kafka), parsed.GetValue(Port), parsed.GetValue(Seed), BackboneFile.PathOf(null)), TimeProvider.System);
        var result = await run.RunAsync(cancellation);
        Console.WriteLine(
            $"{result.ImagesIn:N0} in, {result.Lost:N0} lost, {result.Duplicates:N0} twice; "
            + $"{result.Findings.Count(f => f.Met)} of {result.Findings.Count} as promised, seed {parsed.GetValue(Seed)}.");
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.RedisResult);
        return result.Met ? ExitCode.Ok : ExitCode.Failed;
    }
}
