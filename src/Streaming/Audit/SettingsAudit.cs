using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Settings;
using MoodStream.Streaming.Telemetry;
using StackExchange.Redis;

namespace MoodStream.Streaming.Audit;

/// <summary>Settings that a service started with.</summary>
/// <param name="Salt">Salt of the secrets' hashes, 32 hexadecimal digits.</param>
/// <param name="Values">Full key and value; of secrets a hash.</param>
public sealed record SettingsSeen(string Salt, IReadOnlyDictionary<string, string> Values);

/// <summary>Source-generated JSON of settings that were seen.</summary>
[JsonSerializable(typeof(SettingsSeen))]
public sealed partial class SettingsSeenJson : JsonSerializerContext;

/// <summary>Writes to the audit trail, at each start of a service, which settings changed since the last one.</summary>
/// <param name="service">Name of the service.</param>
/// <param name="settings">What there is.</param>
/// <param name="services">Gives their values.</param>
/// <param name="redis">Remembers them.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="log">Tells of failures.</param>
/// <remarks>
/// Secrets are compared by slow salted hashes and never told. Repeats: of two that start at once with the same change one writes it.
/// The event and what is remembered are stored in one transaction.
/// </remarks>
public sealed class SettingsAudit(
    string service, IEnumerable<RegisteredSettings> settings, IServiceProvider services, RedisConnection redis, TimeProvider clock,
    ILogger<SettingsAudit> log)
    : RepeatedWork(Pause, clock, e => log.SettingsNotAudited(e))
{
    private const int Rounds = 100_000, MostCharacters = 4_000;
    private const string SecretMark = "secret:";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly TimeProvider _clock = clock;

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        await CompareAsync(cancellation);
        return Done = true;
    }

    /// <summary>Compares once, and writes what changed.</summary>
    public async Task CompareAsync(CancellationToken cancellation)
    {
        RedisKey key = RedisKeys.SettingsSeen(AuditChain.Access, service);
        bool stored;
        do
        {
            var text = await redis.RunAsync((database, _) => database.StringGetAsync(key), cancellation);
            var before = text.HasValue ? JsonSerializer.Deserialize((string)text!, SettingsSeenJson.Default.SettingsSeen) : null;
            var now = Seen(before?.Salt ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
            var changes = before is null ? "first start" : Difference(before, now);
            if (changes.Length == 0) return;
            var changed = new AuditEvent(_clock.GetUtcNow(), service, "settings-changed", Environment.MachineName, changes);
            stored = await redis.RunAsync(
                (database, stopping) =>
                {
                    var writing = database.CreateTransaction();
                    writing.AddCondition(text.HasValue ? Condition.StringEqual(key, text) : Condition.KeyNotExists(key));
                    _ = writing.StringSetAsync(key, JsonSerializer.Serialize(now, SettingsSeenJson.Default.SettingsSeen));
                    _ = AuditOutbox.AddAsync(writing, AuditChain.Access, changed);
                    return writing.ExecuteAsync();
                },
                cancellation);
        }
        while (!stored);
    }

    private SettingsSeen Seen(string salt) => new(salt, settings
        .SelectMany(section => SettingsListing.Of(section.Section, section.Read(services)))
        .ToDictionary(held => held.Key, held => held.Secret ? SecretMark + HashOf(held.Value, salt) : held.Value));

    private static string HashOf(string secret, string salt) => Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(
        secret, Encoding.ASCII.GetBytes(salt), Rounds, HashAlgorithmName.SHA256, outputLength: 32));

    private static string Difference(SettingsSeen before, SettingsSeen now)
    {
        var keys = before.Values.Keys.Union(now.Values.Keys).Order(StringComparer.Ordinal);
        var changes = string.Join("; ", keys
            .Select(key => (Key: key, Before: before.Values.GetValueOrDefault(key), Now: now.Values.GetValueOrDefault(key)))
            .Where(change => change.Before != change.Now)
            .Select(change => $"{change.Key}: {Shown(change.Before)} to {Shown(change.Now)}"));
        return changes.Length <= MostCharacters ? changes : changes[..(MostCharacters - 1)] + "…";
    }

    private static string Shown(string? value) =>
        value is null ? "none" : value.StartsWith(SecretMark, StringComparison.Ordinal) ? "***" : value;
}

/// <summary>Adds the audit of settings to a service.</summary>
public static class SettingsAuditModule
{
    /// <summary>Compares the settings with those of the last start, once Redis is there.</summary>
    public static IHostApplicationBuilder AddSettingsAudit(this IHostApplicationBuilder builder, string service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SettingsAudit>(services, service));
        builder.Services.AddHostedService(services => services.GetRequiredService<SettingsAudit>());
        return builder;
    }
}
