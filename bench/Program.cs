using System.CommandLine;
using MoodStream.Bench.All;
using MoodStream.Bench.Chaos;
using MoodStream.Bench.Decode;
using MoodStream.Bench.Detect;
using MoodStream.Bench.Flood;
using MoodStream.Bench.Forward;
using MoodStream.Bench.Fuzz;
using MoodStream.Bench.Latency;
using MoodStream.Bench.Pipeline;
using MoodStream.Bench.Precision;
using MoodStream.Bench.Queue;
using MoodStream.Bench.Redis;
using MoodStream.Bench.Refit;
using MoodStream.Bench.RefitImages;
using MoodStream.Bench.RefitYear;
using MoodStream.Bench.Review;
using MoodStream.Bench.Rollback;
using MoodStream.Bench.Scale;
using MoodStream.Bench.Soak;
using MoodStream.Bench.Train;
using MoodStream.Bench.TrainerKills;
using MoodStream.Cli.Terminal;

var root = new RootCommand("What each layer of MoodStream costs, beside its peers. Each benchmark runs both in turns, in one run.")
{
    DecodeBench.Create(),
    DetectBench.Create(),
    MemoryBench.Create(),
    ChaosBench.Create(),
    TrainBench.Create(),
    ReviewBench.Create(),
    QueueBench.Create(),
    TrainerKillsBench.Create(),
    RefitBench.Create(),
    RefitYearBench.Create(),
    RefitImagesBench.Create(),
    ForwardBench.Create(),
    PipelineBench.Create(),
    LatencyBench.Create(),
    ScaleBench.Create(),
    AllBench.Create(),
    PrecisionBench.Create(),
    DetectShareBench.Create(),
    RollbackBench.Create(),
    RedisBench.Create(),
    FuzzBench.Create(),
    FloodBench.Create(),
    SoakBench.Create(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count == 0) return await parsed.InvokeAsync();
foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"mood bench: {error.Message}");
await Console.Error.WriteLineAsync("See: mood bench --help");
return ExitCode.WrongUsage;
