using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>The administrator of the first start, who signs in with a password that was made for him or her.</summary>
/// <remarks>Nobody chooses a password, so none is a weak one. Thread-safety: any thread.</remarks>
internal sealed class LocalAdministrator(KeyRing keys, RedisConnection redis, TimeProvider clock, ILogger<LocalAdministrator> log)
{
    private const int PasswordBytes = 16, Rounds = 210_000;
    private const string Hash = "hash", Changed = "changed";

    private readonly PasswordHasher<string> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    /// <summary>Whether anybody may sign in with a password.</summary>
    public bool Exists => keys.HasAdministrator;

    /// <summary>Makes the password where there is none, and tells it once.</summary>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        if (!Exists) return;
        var known = await redis.RunAsync((database, _) => database.KeyExistsAsync(RedisKeys.AdministratorPassword()), cancellation);
        if (known) return;
        var password = NewPassword();
        if (await SetAsync(password, When.NotExists, cancellation)) log.FirstRunPasswordMade(KeyRing.Administrator, password);
    }

    /// <summary>Whether this is the password.</summary>
    public async Task<bool> VerifyAsync(string password, CancellationToken cancellation)
    {
        var hash = await redis.RunAsync(
            (database, _) => database.HashGetAsync(RedisKeys.AdministratorPassword(), Hash), cancellation);
        return hash.HasValue
            && _hasher.VerifyHashedPassword(KeyRing.Administrator, hash!, password) != PasswordVerificationResult.Failed;
    }

    /// <summary>Makes another password; sessions that began before it end.</summary>
    public async Task<string> ChangeAsync(CancellationToken cancellation)
    {
        var password = NewPassword();
        await SetAsync(password, When.Always, cancellation);
        return password;
    }

    /// <summary>Whether a session that began then is of the present password.</summary>
    public async Task<bool> HoldsAsync(DateTimeOffset began, CancellationToken cancellation)
    {
        if (!Exists) return false;
        var changed = await redis.RunAsync(
            (database, _) => database.HashGetAsync(RedisKeys.AdministratorPassword(), Changed), cancellation);
        return changed.HasValue && began.UtcTicks >= (long)changed;
    }

    private Task<bool> SetAsync(string password, When when, CancellationToken cancellation)
    {
        var hash = _hasher.HashPassword(KeyRing.Administrator, password);
        return redis.RunAsync(
            async (database, stopping) =>
            {
                RedisKey key = RedisKeys.AdministratorPassword();
                var writing = database.CreateTransaction();
                if (when == When.NotExists) writing.AddCondition(Condition.KeyNotExists(key));
                _ = writing.HashSetAsync(key, [new(Hash, hash), new(Changed, clock.GetUtcNow().UtcTicks)]);
                return await writing.ExecuteAsync();
            },
            cancellation);
    }

    // Eight groups of four, which can be read out and typed.
    private static string NewPassword() => string.Join('-', Convert
        .ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes)).Chunk(4).Select(group => new string(group)));
}
