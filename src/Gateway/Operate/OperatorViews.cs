using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Contracts;
using MoodStream.Gateway.Live;

namespace MoodStream.Gateway.Operate;

/// <summary>How a version stands in its gate.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VersionStanding>))]
internal enum VersionStanding
{
    /// <summary>It judges.</summary>
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>A guard refused it, and it waits for a person's word.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>A person rejected it.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>It was active, and can be gone back to.</summary>
    [JsonStringEnumMemberName("earlier")]
    Earlier,

    /// <summary>It was never active, and no guard refused it.</summary>
    [JsonStringEnumMemberName("unused")]
    Unused,
}

/// <summary>One version that is kept.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Header">What it is and what the guards found; absent for a version of a time before headers.</param>
internal sealed record OperatedVersion(long Version, VersionStanding Standing, StatisticsVersion? Header);

/// <summary>What is active.</summary>
/// <param name="Version">Version.</param>
/// <param name="Epoch">Rises with every activation.</param>
/// <param name="At">Since when, UTC.</param>
internal sealed record OperatedActive(long Version, long Epoch, DateTimeOffset At);

/// <summary>One gate as operators see it.</summary>
internal sealed record OperatedGate
{
    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>When it was read, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What is active; absent where nothing is, and the gate fails closed.</summary>
    public OperatedActive? Active { get; init; }

    /// <summary>Versions that are kept, newest first.</summary>
    public required IReadOnlyList<OperatedVersion> Versions { get; init; }

    /// <summary>Activations, newest first.</summary>
    public required IReadOnlyList<StatisticsActivated> History { get; init; }

    /// <summary>The latest refit, under way or ended; absent where there was none.</summary>
    public RefitRecord? Refit { get; init; }

    /// <summary>Requests for a refit that no trainer has taken.</summary>
    public required IReadOnlyList<RefitRequested> Requests { get; init; }

    /// <summary>Drift that goes on, or that people have decided of.</summary>
    public required IReadOnlyList<DriftEpisode> Drift { get; init; }

    /// <summary>Cases that wait for reviewers.</summary>
    public required long CasesWaiting { get; init; }

    /// <summary>Names this state of versions and what is active; changes demand it as <c>If-Match</c>.</summary>
    public required string Revision { get; init; }
}

/// <summary>One gate in the list.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Active">What is active; absent where nothing is.</param>
/// <param name="ModelHash">Hash of the backbone behind it.</param>
/// <param name="EffectiveCount">Effective number of images behind the fit.</param>
/// <param name="Waiting">Versions that wait for a person's word.</param>
/// <param name="Drifting">Sources that drift and that nobody has answered.</param>
internal sealed record OperatedGateLine(
    string Gate, OperatedActive? Active, string? ModelHash, double? EffectiveCount, int Waiting, int Drifting);

/// <summary>The gates that the caller sees.</summary>
/// <param name="Person">Who asks.</param>
/// <param name="Gates">By name.</param>
internal sealed record OperatedGates(string Person, IReadOnlyList<OperatedGateLine> Gates);

/// <summary>A version is to become the active one.</summary>
/// <param name="Version">The version.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="OtherModel">Whether it may be of another backbone or preprocessing; scorers that run the old one hold then.</param>
internal sealed record ActivationRequest(long Version, string? Reason, bool OtherModel = false);

/// <summary>A person's word on a version.</summary>
/// <param name="Reason">Why, in a sentence.</param>
internal sealed record WordRequest(string? Reason);

/// <summary>A person's word on a drift.</summary>
/// <param name="Source">The source that drifts.</param>
/// <param name="EpisodeId">The episode that is answered.</param>
/// <param name="State">Its state as it was seen.</param>
/// <param name="Decision">The answer.</param>
/// <param name="Reason">Why, in a sentence.</param>
internal sealed record DriftAnswerRequest(
    string? Source, string? EpisodeId, DriftEpisodeState State, DriftDecision Decision, string? Reason);

/// <summary>Source-generated JSON of the operators' API.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OperatedGates))]
[JsonSerializable(typeof(OperatedGate))]
[JsonSerializable(typeof(GateRateSeries))]
[JsonSerializable(typeof(ActivationRequest))]
[JsonSerializable(typeof(WordRequest))]
[JsonSerializable(typeof(DriftAnswerRequest))]
[JsonSerializable(typeof(RefitRequested))]
internal sealed partial class OperatorJson : JsonSerializerContext;
