using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Cli.Embedded;
using MoodStream.Cli.Terminal;
using MoodStream.CliTests.Terminal;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Audit;
using static TorchSharp.torch;

namespace MoodStream.CliTests.Statistics;

/// <summary><c>mood stats</c> on an embedded Redis.</summary>
[Collection(nameof(TheConsole))]
public sealed class StatsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-stats-").FullName;
    private readonly EmbeddedRedis _redis;

    public StatsTests() => _redis = EmbeddedRedis.Start(new() { Folder = Path.Combine(_folder, "redis"), Port = 0, Memory = "64m", Index = "8m" });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task PublishActivateRollback_AnEmptyRegistry_BecomesAGateThatCanGoBack()
    {
        var published = await JsonAsync("publish", FitFile("a.safetensors", seed: 1), "--activate", "--who", "ada", "--why", "The first.");
        Assert.Equal(("parts", 1L, true), (Text(published, "gate"), Long(published, "version"), published.GetProperty("activated").GetBoolean()));
        await OkAsync("publish", FitFile("b.safetensors", seed: 2), "--gate", "parts");
        var activated = await JsonAsync("activate", "2", "--gate", "parts", "--who", "ada");
        Assert.Equal((2L, 2L, 1L), (Long(activated, "version"), Long(activated, "epoch"), Long(activated, "previous")));

        var listed = await JsonAsync("list");
        Assert.Equal([2L, 1L], listed.EnumerateArray().Select(v => Long(v, "version")));
        Assert.Equal([true, false], listed.EnumerateArray().Select(v => v.GetProperty("active").GetBoolean()));

        var back = await JsonAsync("rollback", "--gate", "parts", "--who", "bob", "--why", "Worse.");
        Assert.Equal((1L, 3L, "bob", "Worse."), (Long(back, "version"), Long(back, "epoch"), Text(back, "by"), Text(back, "reason")));
        var shown = await JsonAsync("show", "--gate", "parts");
        Assert.Equal((1L, 3L), (Long(shown, "version"), Long(shown, "epoch")));
        Assert.Equal(("ada", "The first."), (Text(shown.GetProperty("header").GetProperty("approval"), "by"), Text(shown.GetProperty("header"), "reason")));
        await FailsAsync("no version to go back to", "rollback", "--gate", "parts");
    }

    [Fact]
    public async Task Diff_TwoVersions_SaysWhatChanges()
    {
        // The second is fitted to rows that are moved by 3 standard deviations along one of 3 independent directions of variance 1.
        await OkAsync("publish", FitFile("a.safetensors", seed: 1));
        await OkAsync("publish", FitFile("b.safetensors", seed: 1, shift: 3));
        var same = await JsonAsync("diff", "1", "1", "--gate", "parts");
        Assert.Equal((0, 0, 0, 1), (Number(same, "mean_shift"), Number(same, "log_determinant_change"), Number(same, "calibration_ks_distance"), Number(same.GetProperty("agreement"), "share")));
        var moved = await JsonAsync("diff", "1", "2", "--gate", "parts");
        Assert.InRange(Number(moved, "mean_shift"), 2.5, 3.5);
        Assert.InRange(Number(moved, "log_determinant_change"), -1e-6, 1e-6);
        Assert.Contains(moved.GetProperty("thresholds").EnumerateArray(), t => Number(t, "rate") == 0.05);
        await FailsAsync("has no version 7", "diff", "1", "7", "--gate", "parts");
    }

    [Fact]
    public async Task Approve_RefusedVersion_SaysWhomItOverrulesAndActivatesIt()
    {
        await OkAsync("publish", FitFile("a.safetensors", seed: 1), "--activate");
        await RefusedVersionAsync();
        Assert.Contains("refused by mean-shift", (await InProcess.RunAsync("stats", "list", "--redis", _redis.Address)).Output, StringComparison.Ordinal);
        var (exit, _, error) = await RunAsync("approve", "2", "--gate", "parts", "--who", "ada");
        Assert.Equal(ExitCode.WrongUsage, exit);
        Assert.Contains("--why", error, StringComparison.Ordinal);

        var (_, output, _) = await RunAsync("approve", "2", "--gate", "parts", "--who", "ada", "--why", "New parts.");
        Assert.Contains("approved by ada, overruling mean-shift", output, StringComparison.Ordinal);
        var shown = await JsonAsync("show", "--gate", "parts");
        Assert.Equal((2L, "ada", "New parts."), (Long(shown, "version"), Text(shown.GetProperty("header").GetProperty("approval"), "by"), Text(shown.GetProperty("header").GetProperty("approval"), "reason")));
    }

    [Fact]
    public async Task Changes_KafkaIsGiven_AreLinksOfTheAuditChain()
    {
        await using var kafka = EmbeddedKafka.Start(port: 0);
        var set = $"MoodStream:Kafka:BootstrapServers={kafka.BootstrapServers}";
        await OkAsync("publish", FitFile("a.safetensors", seed: 1), "--activate", "--who", "ada", "--set", set);
        await OkAsync("refit", "--gate", "parts", "--who", "bob", "--why", "New light.", "--set", set);
        var links = Links(kafka.BootstrapServers, count: 3);
        Assert.Equal(
            [("ada", "statistics-published"), ("ada", "statistics-activated"), ("bob", "refit-requested")],
            links.Select(l => (l.Actor, l.Event)));
        var walk = new AuditWalk();
        Assert.All(links, l => Assert.True(walk.Add(l)));
        Assert.Equal("New light.", links[2].Detail);
    }

    [Fact]
    public async Task ExportImport_AnEmptyRegistry_IsAsItWas()
    {
        await PublishTwoAsync();
        var backup = Path.Combine(_folder, "backup");
        await OkAsync("export", backup);
        using (var empty = EmbeddedRedis.Start(new() { Folder = Path.Combine(_folder, "other"), Port = 0, Memory = "64m", Index = "8m" }))
        {
            var restored = (await JsonAtAsync(empty.Address, "import", backup, "--who", "ada"))[0];
            Assert.Equal([1L, 2L], restored.GetProperty("restored").EnumerateArray().Select(v => v.GetInt64()));
            var shown = await JsonAtAsync(empty.Address, "show", "--gate", "parts");
            var before = await JsonAsync("show", "--gate", "parts");
            Assert.Equal(before.GetProperty("header").ToString(), shown.GetProperty("header").ToString());
            Assert.Equal((2L, true), (Long(shown, "version"), shown.GetProperty("active").GetBoolean()));
            Assert.True(Long(shown, "epoch") > Long(before, "epoch"));
            // What comes next has a number of its own, and a roll-back knows the way.
            Assert.Equal(3, Long(await JsonAtAsync(empty.Address, "publish", Path.Combine(_folder, "a.safetensors")), "version"));
            Assert.Equal(1, Long(await JsonAtAsync(empty.Address, "rollback", "--gate", "parts"), "version"));
        }

        var again = (await JsonAsync("import", backup))[0];
        Assert.Equal([1L, 2L], again.GetProperty("there").EnumerateArray().Select(v => v.GetInt64()));
    }

    [Fact]
    public async Task Import_DamagedFiles_AreRefusedByNameAndTheSoundOnesComeBack()
    {
        await PublishTwoAsync();
        var backup = Path.Combine(_folder, "backup");
        await OkAsync("export", backup);
        var damaged = Path.Combine(backup, "parts", "1.safetensors");
        var bytes = await File.ReadAllBytesAsync(damaged, Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, Cancellation);
        using var empty = EmbeddedRedis.Start(new() { Folder = Path.Combine(_folder, "other"), Port = 0, Memory = "64m", Index = "8m" });
        var (exit, _, error) = await InProcess.RunAsync("stats", "import", backup, "--redis", empty.Address);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains($"{damaged}: version 1 is damaged", error, StringComparison.Ordinal);
        Assert.Equal([2L], (await JsonAtAsync(empty.Address, "list")).EnumerateArray().Select(v => Long(v, "version")));
        Assert.Equal(2, Long(await JsonAtAsync(empty.Address, "show", "--gate", "parts"), "version"));
    }

    [Fact]
    public async Task Publish_OtherModelThanTheActiveOne_IsRefusedUnlessMeant()
    {
        await OkAsync("publish", FitFile("a.safetensors", seed: 1), "--activate");
        var other = FitFile("other.safetensors", seed: 1, model: "another");
        await FailsAsync("were made with model model, not another", "publish", other);
        await OkAsync("publish", other, "--other-model");
        await FailsAsync("--other-model", "activate", "2", "--gate", "parts");
        await OkAsync("activate", "2", "--gate", "parts", "--other-model");
    }

    [Fact]
    public async Task Verbs_WrongInput_SayWhatIsWrong()
    {
        await FailsAsync("mood stats publish makes one", "show", "--gate", "parts");
        await OkAsync("publish", FitFile("a.safetensors", seed: 1));
        await FailsAsync("has no statistics of a gate 'screws'. It has those of parts.", "list", "--gate", "screws");
        await FailsAsync("has no active version", "show", "--gate", "parts");
        await FailsAsync("was fitted for gate parts, not screws", "publish", Path.Combine(_folder, "a.safetensors"), "--gate", "screws");
        await FailsAsync("has no version 9; it has 1.", "activate", "9", "--gate", "parts");
        await FailsAsync("nowhere.safetensors", "publish", Path.Combine(_folder, "nowhere.safetensors"));
        await FailsAsync("there is no such folder", "import", Path.Combine(_folder, "nowhere"));
        Assert.Equal(ExitCode.WrongUsage, (await RunAsync("activate", "0")).Exit);
        Assert.Equal(ExitCode.WrongUsage, (await RunAsync("show", "--gate", "No Gate")).Exit);
    }

    [Fact]
    public async Task List_RedisIsAway_SaysWhereItLooked()
    {
        var (exit, _, error) = await InProcess.RunAsync(
            "stats", "list", "--redis", "127.0.0.1:1", "--set", "MoodStream:Redis:ConnectTimeout=00:00:00.2", "--set", "MoodStream:Redis:OperationTimeout=00:00:00.2");
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("Redis at 127.0.0.1:1 cannot be reached", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private async Task PublishTwoAsync()
    {
        await OkAsync("publish", FitFile("a.safetensors", seed: 1), "--activate");
        await OkAsync("publish", FitFile("b.safetensors", seed: 2), "--activate");
    }

    /// <summary>A version as a trainer leaves it whose guard refused it.</summary>
    private async Task RefusedVersionAsync()
    {
        var blob = await File.ReadAllBytesAsync(FitFile("refused.safetensors", seed: 3, shift: 2), Cancellation);
        using var statistics = GateStatistics.Read(blob);
        var header = Trainer.Registry.VersionHeader.Of(statistics, "trainer", "Due by age.") with
        {
            Parent = 1, Guards = [new GuardResult { Name = "mean-shift", Value = 2, Limit = 1, Passed = false }],
        };
        await using var registry = new RegistryOf(_redis.Address);
        Assert.Equal(2, await registry.Store.PublishAsync("parts", blob, header, Cancellation));
    }

    private string FitFile(string name, int seed, double shift = 0, string model = "model")
    {
        var path = Path.Combine(_folder, name);
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        var rows = randn(400, 3, ScalarType.Float64) + tensor([shift, 0.0, 0.0]);
        using var statistics = GateStatisticsFitter.Fit(
            rows, null, new GateFitSettings { TargetFalseAlarmRate = 0.05, Detector = DetectorRegistry.Get("mahalanobis") },
            new GateProvenance
            {
                Gate = "parts", ModelHash = model, PreprocessingHash = "preprocessing", FittedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Origin = "a test",
            });
        statistics.Write(path);
        return path;
    }

    private Task<(int Exit, string Output, string Error)> RunAsync(params string[] verb) =>
        InProcess.RunAsync(["stats", .. verb, "--redis", _redis.Address]);

    private async Task OkAsync(params string[] verb)
    {
        var (exit, _, error) = await RunAsync(verb);
        Assert.True(exit == ExitCode.Ok, error);
    }

    private async Task FailsAsync(string because, params string[] verb)
    {
        var (exit, _, error) = await RunAsync(verb);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private Task<JsonElement> JsonAsync(params string[] verb) => JsonAtAsync(_redis.Address, verb);

    private async Task<JsonElement> JsonAtAsync(string redis, params string[] verb)
    {
        var json = Path.Combine(_folder, "result.json");
        var (exit, _, error) = await InProcess.RunAsync(["stats", .. verb, "--redis", redis, "--json", json]);
        Assert.True(exit == ExitCode.Ok, error);
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(json, Cancellation));
        return document.RootElement.Clone();
    }

    private static AuditRecorded[] Links(string servers, int count)
    {
        var audit = Topics.All.Single(t => t.Name == Topics.Audit);
        using var reader = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = servers, GroupId = "test", EnableAutoCommit = false, FetchWaitMaxMs = 5,
        }).Build();
        reader.Assign(Enumerable.Range(0, audit.Partitions).Select(p => new TopicPartitionOffset(audit.Name, p, Offset.Beginning)));
        return [.. Enumerable.Range(0, count).Select(
            _ => JsonSerializer.Deserialize(Encoding.UTF8.GetString(reader.Consume(Cancellation).Message.Value), WireJson.Default.AuditRecorded)!)];
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static long Long(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
