using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Review;

/// <summary><c>mood bench review</c>: reviewers who crash, over a gateway that is killed.</summary>
internal static class ReviewBench
{
    private static readonly Option<int> Reviewers = BenchOptions.Whole("--reviewers", "Reviewers at a time.", 200, 1);
    private static readonly Option<int> Cases = BenchOptions.Whole("--cases", "Images that go to people.", 10_000, 1);
    private static readonly Option<int> Restarts = new("--restarts")
    {
        Description = "Times that the gateway is killed and started again.", DefaultValueFactory = _ => 5, HelpName = "N",
    };

    private static readonly Option<int> Seed = BenchOptions.Seed();

    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command(
        "review", "Reviewers who crash and submit late, over a gateway that is killed: nothing lost, nothing decided twice.")
    {
        Reviewers, Cases, Restarts, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new ReviewPlan(
            parsed.GetValue(Reviewers), parsed.GetValue(Cases), parsed.GetValue(Restarts), parsed.GetValue(Seed));
        var result = await ReviewRun.RunAsync(plan, cancellation);
        Console.WriteLine(
            $"{result.Cases} cases: {result.Decided} decided, {result.Lost} lost, {result.DecidedTwice} decided twice, "
            + $"{result.DoubleLeases} double leases");
        Console.WriteLine($"audit: {result.AuditLinks} links, the chain {(result.AuditVerified ? "holds" : "is broken")}");
        Console.WriteLine(
            $"claim p50 {result.ClaimMsP50:F1} ms, p99 {result.ClaimMsP99:F1} ms; "
            + $"Redis round trip p99 {result.RedisRoundTripMsP99:F1} ms");
        Console.WriteLine(
            $"{result.Restarts} restarts, {result.ReviewerCrashes} crashes of reviewers, "
            + $"{result.LateSubmitsRefused} late submits refused, {result.Seconds:F0} s");
        JsonReport.Write(parsed.GetValue(Json), result, ReviewBenchJson.Default.ReviewResult);
        return result.Holds ? ExitCode.Ok : ExitCode.Failed;
    }
}
