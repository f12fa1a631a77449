using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Accumulation;

namespace MoodStream.Trainer.Drift;

/// <summary>What people may decide of a drift.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftDecision>))]
internal enum DriftDecision
{
    /// <summary>The statistics stay; this is how the source looks.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,

    /// <summary>This is the new normal: the gate is refitted from now on.</summary>
    [JsonStringEnumMemberName("accept")]
    Accept,
}

/// <summary>A decision of a drift.</summary>
/// <param name="Source">The source that drifts.</param>
/// <param name="Decision">keep or accept.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="By">Who decides.</param>
internal sealed record DriftDecisionBody(string Source, DriftDecision Decision, string Reason, string By);

/// <summary>JSON of decisions.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DriftDecisionBody))]
internal sealed partial class DriftJson : JsonSerializerContext;

/// <summary>Carries out what people decide of a drift.</summary>
internal sealed class DriftDecisions(DriftMemory memory, RecallStore recalls, RefitRequests requests, TimeProvider clock)
{
    /// <summary>Carries a decision out; false where that source neither drifts nor is watched here.</summary>
    /// <remarks>Accepted: what the source sent until now is unlearned, and a refit is asked for.</remarks>
    public async Task<bool> DecideAsync(string gate, DriftDecisionBody decided, CancellationToken cancellation)
    {
        if (!await memory.DecideAsync(gate, decided, cancellation)) return false;
        if (decided.Decision == DriftDecision.Keep) return true;
        var now = clock.GetUtcNow();
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{gate}\n{decided}\n{now:O}")))[..32];
        await recalls.AddAsync(
            gate,
            new ImageRecall { Id = id, Source = decided.Source, To = now, Reason = decided.Reason, By = decided.By, At = now },
            cancellation);
        await requests.AddAsync(
            new RefitRequested { RequestId = id, Gate = gate, Reason = decided.Reason, By = decided.By, At = now }, cancellation);
        return true;
    }
}
