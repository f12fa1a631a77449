using System.CommandLine;
using Microsoft.Extensions.Configuration.Memory;
using MoodStream.Cli.Hosting;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Cli.Statistics;

/// <summary>One verb's look at the registry: connected as the services are, from the same settings.</summary>
internal sealed class RegistrySession : IAsyncDisposable
{
    // A person waits: two tries tell whether Redis is there.
    private static readonly KeyValuePair<string, string?>[] Impatient =
        [new($"{RedisSettings.Section}:{nameof(RedisSettings.Retries)}", "1")];

    private readonly WebApplication _app;
    private readonly bool _kafkaGiven;

    private RegistrySession(WebApplication app)
    {
        _app = app;
        _kafkaGiven = app.Configuration[$"{KafkaSettings.Section}:{nameof(KafkaSettings.BootstrapServers)}"] is not null;
    }

    /// <summary>The registry.</summary>
    public IStatisticsStore Store => _app.Services.GetRequiredService<IStatisticsStore>();

    /// <summary>Requests for refits.</summary>
    public RefitRequests Refits => _app.Services.GetRequiredService<RefitRequests>();

    /// <summary>Files to keep the registry in.</summary>
    public StatisticsBackup Backup => new(Store, Clock);

    /// <summary>Tells when.</summary>
    public TimeProvider Clock => _app.Services.GetRequiredService<TimeProvider>();

    private string Address => _app.Services.GetRequiredService<RedisSettings>().Address;

    /// <summary>Opens a session for a verb, and turns what the registry throws into errors for people.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, Func<RegistrySession, Task> verb)
    {
        await using var session = Open(parsed);
        try
        {
            await verb(session);
            return ExitCode.Ok;
        }
        catch (Exception e) when (RedisConnection.IsOutage(e))
        {
            throw new CliException(
                $"Redis at {session.Address} cannot be reached; say where it is with --redis, or with MoodStream:Redis in the settings. ({e.Message})");
        }
    }

    /// <summary>Refuses a gate that has no statistics at all.</summary>
    /// <exception cref="CliException">There is no such gate.</exception>
    public async Task<IReadOnlyList<KeptVersion>> VersionsAsync(string gate, CancellationToken cancellation)
    {
        if (await Store.ListVersionsAsync(gate, cancellation) is { Count: > 0 } versions) return versions;
        var known = await Store.ListGatesAsync(cancellation);
        throw new CliException(
            $"Redis at {Address} has no statistics of a gate '{gate}'. "
            + (known.Count == 0 ? "It has no gate at all; mood stats publish makes one." : $"It has those of {string.Join(", ", known)}."));
    }

    /// <summary>A version of a gate.</summary>
    /// <exception cref="CliException">There is no such gate or version.</exception>
    public async Task<KeptVersion> VersionAsync(string gate, long version, CancellationToken cancellation)
    {
        var versions = await VersionsAsync(gate, cancellation);
        return versions.FirstOrDefault(v => v.Version == version) ?? throw new CliException(
            $"Gate {gate} has no version {version}; it has {string.Join(", ", versions.Select(v => v.Version))}.");
    }

    /// <summary>The statistics of a version. The caller disposes them.</summary>
    /// <exception cref="CliException">There is no such gate or version.</exception>
    /// <exception cref="GateStatisticsException">They are damaged.</exception>
    public async Task<(GateStatistics Statistics, int Bytes)> StatisticsAsync(string gate, long version, CancellationToken cancellation)
    {
        await VersionAsync(gate, version, cancellation);
        var blob = await Store.ReadBlobAsync(gate, version, cancellation)
            ?? throw new CliException($"Version {version} of gate {gate} was removed meanwhile.");
        return (GateStatistics.Read(blob, $"statistics {version} of gate {gate}"), blob.Length);
    }

    /// <summary>Refuses statistics that are made with another model or preprocessing than the active ones.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="what">What is to be used, for the error.</param>
    /// <param name="model">Hash of its model.</param>
    /// <param name="preprocessing">Hash of its preprocessing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CliException">They differ.</exception>
    public async Task RequireSameModelAsync(
        string gate, string what, string model, string preprocessing, CancellationToken cancellation)
    {
        if (await Store.ReadActiveAsync(gate, cancellation) is not { } active) return;
        var (statistics, _) = await StatisticsAsync(gate, active.Version, cancellation);
        using (statistics)
        {
            if (statistics.Provenance.DifferenceFrom(model, preprocessing) is { } difference)
                throw new CliException(
                    $"The active statistics of gate {gate} (version {active.Version}) {difference}, as {what} was: scorers would hold. "
                    + "Fit with the backbone that runs, or pass --other-model where the backbone changes too.");
        }
    }

    /// <summary>Notes in the audit trail what was done: at once where Kafka is given, else by the next gateway.</summary>
    public async Task NoteAsync(string gate, string who, string what, string subject, string? why, CancellationToken cancellation)
    {
        var outbox = _app.Services.GetRequiredService<AuditOutbox>();
        await outbox.AddAsync(gate, new AuditEvent(Clock.GetUtcNow(), who, what, subject, why), cancellation);
        if (!_kafkaGiven) return;
        try
        {
            while (await outbox.PumpAsync(gate, cancellation)) { }
        }
        catch (RecordNotWrittenException e)
        {
            await Console.Error.WriteLineAsync($"mood stats: the audit event waits in Redis until a gateway writes it: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static RegistrySession Open(ParseResult parsed)
    {
        string[] redis = parsed.GetValue(StatsOptions.Redis) is { } address
            ? [$"{RedisSettings.Section}:{nameof(RedisSettings.Address)}={address}"]
            : [];
        var builder = ServiceHost.CreateBuilder(
            parsed.GetValue(StatsOptions.Settings), [.. parsed.GetValue(StatsOptions.Set) ?? [], .. redis], port: 0);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Impatient });
        builder.Logging.ClearProviders();
        builder.AddStreaming();
        var app = builder.Build();
        return app.SettingProblems() is { Count: > 0 } problems
            ? throw new CliException(string.Join(" ", problems), ExitCode.WrongUsage)
            : new RegistrySession(app);
    }
}
