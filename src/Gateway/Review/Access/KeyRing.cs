using System.Security.Cryptography;
using System.Text;
using MoodStream.Contracts;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Knows the keys of the review API by their hashes; where none is configured it makes one administrator's key, once.</summary>
/// <remarks>Thread-safety: any thread.</remarks>
internal sealed class KeyRing(
    ReviewSettings settings, AccessSettings access, RedisConnection redis, TimeProvider clock, ILogger<KeyRing> log)
{
    /// <summary>Name of the administrator of the first start.</summary>
    public const string Administrator = "administrator";

    private const int KeyBytes = 32;

    /// <summary>Whether there is a local administrator: only where nobody else could come in.</summary>
    public bool HasAdministrator => settings.Enabled && settings.Keys.Count == 0 && !access.Oidc.Enabled;

    /// <summary>Whether a key has this name, which nobody else may bear then.</summary>
    public bool Knows(string name) => name == Administrator || settings.Keys.ContainsKey(name);

    /// <summary>Whose key this is; null where it is nobody's, or has expired.</summary>
    public async Task<ReviewPerson?> FindAsync(string key, CancellationToken cancellation)
    {
        var hash = HashOf(key);
        foreach (var (name, known) in settings.Keys)
        {
            if (Same(hash, known.Sha256))
                return known.ExpiresAt <= clock.GetUtcNow()
                    ? null
                    : new(name, known.Roles, known.Gates.Count == 0 ? null : known.Gates);
        }
        if (!HasAdministrator) return null;
        var first = await redis.RunAsync((database, _) => database.StringGetAsync(RedisKeys.FirstRunKey()), cancellation);
        return first.HasValue && Same(hash, first!)
            ? new(Administrator, ReviewPerson.EveryRole, null)
            : null;
    }

    /// <summary>Makes the administrator's key where there is no key at all, and tells it once.</summary>
    public async Task EnsureAdministratorAsync(CancellationToken cancellation)
    {
        if (!HasAdministrator) return;
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var made = await redis.RunAsync(
            (database, _) => database.StringSetAsync(RedisKeys.FirstRunKey(), HashOf(key), when: When.NotExists), cancellation);
        if (made) log.FirstRunKeyMade(key);
    }

    /// <summary>SHA-256 of a key in lower-case hexadecimal digits. Keys are random, so that a slow hash would add nothing.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static bool Same(string hash, string known) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(known));
}
