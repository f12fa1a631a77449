using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Audit;

namespace MoodStream.GatewayTests.Review;

/// <summary>What a gateway wrote to the audit chain of log-ins and settings.</summary>
internal static class AuditTrail
{
    public static IReadOnlyList<AuditRecorded> Of(GatewayApp app) => [.. app.Producer.Written
        .Where(record => record.Topic == Topics.Audit)
        .Select(record => JsonSerializer.Deserialize(record.Value!, WireJson.Default.AuditRecorded)!)
        .Where(link => link.Gate == AuditChain.Access)];
}
