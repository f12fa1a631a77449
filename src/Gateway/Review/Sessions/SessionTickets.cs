using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using MoodStream.Contracts;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Redis;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>Keeps sessions in Redis: the cookie holds no more than a random id, and a session that was ended is gone at every gateway.</summary>
/// <remarks>Redis knows the id by its hash and the ticket protected, so that nobody becomes somebody by reading it. Thread-safety: any thread.</remarks>
internal sealed class SessionTickets(
    RedisConnection redis, IDataProtectionProvider protection, AccessSettings settings, TimeProvider clock) : ITicketStore
{
    private const int IdBytes = 32;

    // When the session began, in ticks: a session that is used goes on, and yet not for ever.
    private const string Began = "moodstream.began";

    private readonly TicketDataFormat _format = new(protection.CreateProtector("MoodStream.Session"));

    /// <inheritdoc/>
    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        ticket.Properties.Items[Began] = clock.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture);
        await WriteAsync(id, ticket);
        return id;
    }

    /// <inheritdoc/>
    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        // A request that is under way while the session is ended must not bring it back.
        if (await RetrieveAsync(key) is { } kept)
        {
            ticket.Properties.Items[Began] = kept.Properties.Items[Began];
            await WriteAsync(key, ticket);
        }
    }

    /// <inheritdoc/>
    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        var text = await redis.RunAsync((database, _) => database.StringGetAsync(KeyOf(key)), CancellationToken.None);
        if (!text.HasValue || _format.Unprotect(text) is not { } ticket) return null;
        return BeganAt(ticket) + settings.SessionLimit > clock.GetUtcNow() ? ticket : null;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string key) => redis.RunAsync((database, _) => database.KeyDeleteAsync(KeyOf(key)), CancellationToken.None);

    /// <summary>When a session began.</summary>
    public static DateTimeOffset BeganAt(AuthenticationTicket ticket) =>
        new(long.Parse(ticket.Properties.Items[Began]!, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private Task<bool> WriteAsync(string id, AuthenticationTicket ticket) => redis.RunAsync(
        (database, _) => database.StringSetAsync(KeyOf(id), _format.Protect(ticket), settings.SessionIdle), CancellationToken.None);

    private static string KeyOf(string id) =>
        RedisKeys.Session(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
}
