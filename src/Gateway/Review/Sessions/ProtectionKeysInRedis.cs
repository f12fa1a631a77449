using System.Diagnostics.CodeAnalysis;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>Keeps the keys that protect cookies in Redis, so that all gateways know each other's sessions.</summary>
internal sealed class ProtectionKeysInRedis(RedisConnection redis) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Database().ListRange(RedisKeys.ProtectionKeys()).Select(text => XElement.Parse(text.ToString()))];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) =>
        Database().ListRightPush(RedisKeys.ProtectionKeys(), element.ToString(SaveOptions.DisableFormatting));

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The framework asks for keys without waiting; it does so when a process starts.")]
    private IDatabase Database() => redis.GetAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().GetDatabase();
}
