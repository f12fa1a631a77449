using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Embedded;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using StackExchange.Redis;

namespace MoodStream.Bench.Review;

/// <summary>How the run is.</summary>
/// <param name="Reviewers">Reviewers at a time.</param>
/// <param name="Cases">Images that go to people.</param>
/// <param name="Restarts">Times that the gateway is killed.</param>
/// <param name="Seed">Seed of all chance.</param>
internal sealed record ReviewPlan(int Reviewers, int Cases, int Restarts, int Seed);

/// <summary>One run: Kafka and Redis in this process, the gateway in another that is killed, the reviewers over HTTP.</summary>
internal sealed class ReviewRun : IAsyncDisposable
{
    private const string Gate = "bench";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WithoutProgress = TimeSpan.FromMinutes(2);

    private readonly ReviewPlan _plan;
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-bench-review-").FullName;
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(port: 0);
    private readonly EmbeddedRedis _redis;
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1_000 }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly List<double> _roundTrips = [];
    private readonly List<(string Name, string Key)> _people;

    private ReviewRun(ReviewPlan plan)
    {
        _plan = plan;
        _redis = EmbeddedRedis.Start(new EmbeddedRedisOptions { Folder = Path.Combine(_folder, "redis"), Port = 0 });
        _people = [.. Enumerable.Range(0, plan.Reviewers).Select(i =>
            ($"reviewer-{i}", Hex(SHA256(string.Create(CultureInfo.InvariantCulture, $"key {plan.Seed} {i}")))))];
    }

    /// <summary>Runs the whole and tells what the topics say.</summary>
    /// <exception cref="CliException">The command <c>mood</c> is not built.</exception>
    public static async Task<ReviewResult> RunAsync(ReviewPlan plan, CancellationToken cancellation)
    {
        await using var run = new ReviewRun(plan);
        return await run.RunAsync(cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _kafka.DisposeAsync();
        _redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<ReviewResult> RunAsync(CancellationToken cancellation)
    {
        await using var gateway = new GatewayProcess(MoodProgram.Find(), WriteSettings(), LoopbackPort.Free());
        using var ledger = new ReviewLedger(_kafka.BootstrapServers, Gate);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_redis.Address);
        await gateway.StartAsync(_client, cancellation);
        WaitingCases.Produce(_kafka.BootstrapServers, Gate, _plan.Cases, _plan.Seed);

        var started = Stopwatch.StartNew();
        var crowd = new ReviewCrowd(_client, gateway.Address, Gate, Lease);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var chance = new Random(_plan.Seed);
        var working = _people.Select(p => crowd.WorkAsync(p.Name, p.Key, new Random(chance.Next()), stop.Token)).ToList();
        var timing = RedisRoundTrips.TimeAsync(redis.GetDatabase(), _roundTrips, stop.Token);
        var restarts = await GuideAsync(gateway, ledger, chance, cancellation);
        var seconds = started.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll([.. working, timing]);
        await DrainAsync(redis.GetDatabase(), ledger, cancellation);
        return Tell(crowd, ledger, restarts, seconds);
    }

    /// <summary>Kills the gateway at random shares of the work, and waits until all is decided or nothing moves any more.</summary>
    private async Task<int> GuideAsync(GatewayProcess gateway, ReviewLedger ledger, Random chance, CancellationToken cancellation)
    {
        var kills = new Queue<int>(Enumerable.Range(0, _plan.Restarts).Select(_ => chance.Next(_plan.Cases * 9 / 10)).Order());
        var (restarts, best, moved) = (0, 0, Stopwatch.StartNew());
        while (ledger.Decided < _plan.Cases && moved.Elapsed < WithoutProgress)
        {
            if (ledger.Decided > best) (best, moved) = (ledger.Decided, Stopwatch.StartNew());
            if (kills.Count > 0 && ledger.Decided >= kills.Peek())
            {
                kills.Dequeue();
                restarts++;
                await gateway.KillAsync();
                await gateway.StartAsync(_client, cancellation);
            }
            await Task.Delay(Step, TimeProvider.System, cancellation);
        }
        return restarts;
    }

    /// <summary>Waits until Kafka has what Redis held for it, and the ledger has read it.</summary>
    private static async Task DrainAsync(IDatabase redis, ReviewLedger ledger, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < WithoutProgress && ledger.Break is null
            && (await redis.ListLengthAsync(RedisKeys.ReviewOutbox(Gate)) > 0
                || ledger.Links < (int)await redis.HashGetAsync(RedisKeys.AuditHead(Gate), "sequence")))
            await Task.Delay(Step, TimeProvider.System, cancellation);
    }

    private ReviewResult Tell(ReviewCrowd crowd, ReviewLedger ledger, int restarts, double seconds) => new()
    {
        Cases = _plan.Cases,
        Decided = ledger.Decided,
        Lost = _plan.Cases - ledger.Decided,
        DecidedTwice = ledger.DecidedTwice,
        DoubleLeases = ledger.DoubleLeases + crowd.GivenTwice.Count,
        AuditVerified = ledger is { Break: null, Links: > 0 },
        AuditLinks = ledger.Links,
        LateSubmitsRefused = crowd.LateRefused,
        LateSubmitsTaken = crowd.LateTaken,
        ReviewerCrashes = crowd.Crashes,
        Restarts = restarts,
        ClaimMsP50 = Percentile.Of(crowd.ClaimMilliseconds, 0.5),
        ClaimMsP99 = Percentile.Of(crowd.ClaimMilliseconds, 0.99),
        RedisRoundTripMsP99 = Percentile.Of(_roundTrips, 0.99),
        Seconds = seconds,
    };

    private string WriteSettings()
    {
        var keys = new JsonObject();
        foreach (var (name, key) in _people)
            keys[name] = new JsonObject { ["Sha256"] = Hex(SHA256(key)), ["Roles"] = new JsonArray("Reviewer") };
        var settings = new JsonObject
        {
            ["Logging"] = new JsonObject { ["LogLevel"] = new JsonObject { ["Default"] = "Warning" } },
            ["MoodStream"] = new JsonObject
            {
                ["Kafka"] = new JsonObject { ["BootstrapServers"] = _kafka.BootstrapServers },
                ["Redis"] = new JsonObject { ["Address"] = _redis.Address },
                ["Images"] = new JsonObject { ["Root"] = Path.Combine(_folder, "images") },
                ["Audit"] = new JsonObject { ["Share"] = 0 },
                ["Review"] = new JsonObject
                {
                    ["Lease"] = Lease.ToString("c", CultureInfo.InvariantCulture),
                    ["SweepInterval"] = "00:00:00.200", ["RequestsPerSecond"] = 10_000, ["Keys"] = keys,
                },
            },
        };
        var file = Path.Combine(_folder, "gateway.json");
        File.WriteAllText(file, settings.ToJsonString());
        return file;
    }

    private static byte[] SHA256(string text) => System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
