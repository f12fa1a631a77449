using System.ComponentModel.DataAnnotations;
using MoodStream.Streaming.Settings;

namespace MoodStream.Gateway.Settings;

/// <summary>Settings of the review queue, section <c>MoodStream:Review</c>.</summary>
public sealed record ReviewSettings : ICheckedSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "MoodStream:Review";

    /// <summary>Whether this gateway opens cases and serves the review API. Default true; false for a gateway that only takes images in.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long a claimed case stays with its reviewer without a heartbeat. Default 2 min, from 5 s to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a reviewer may undo a decision. Default 30 s, up to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan UndoGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a decided case stays to be looked at; the topics keep its decision. Default 30 days, from 1 h.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan KeepDecided { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often ended leases and service times are looked for. Default 1 s, from 0.05 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Newest accepted images of each gate whose features this gateway keeps in memory, to show the nearest beside a case. Default 1,000,
    /// up to 20,000; 0 for none. A thousand with features of 768 values take 3 MiB.
    /// </summary>
    [Range(0, 20_000)]
    public int AcceptedImages { get; init; } = 1_000;

    /// <summary>The reasons that a decision may give. Default: new-defect, new-variant, lighting, blur, occlusion, other.</summary>
    public IReadOnlyList<string> ReasonCodes { get; init; } = ["new-defect", "new-variant", "lighting", "blur", "occlusion", "other"];

    /// <summary>What differs for single gates, by the gate's name.</summary>
    public IReadOnlyDictionary<string, ReviewGateSettings> Gates { get; init; } = new Dictionary<string, ReviewGateSettings>();

    /// <summary>People and machines that may use the review API, by name. None: one administrator's key is made at the first start.</summary>
    public IReadOnlyDictionary<string, ReviewKeySettings> Keys { get; init; } = new Dictionary<string, ReviewKeySettings>();

    /// <summary>Requests to the review API per second and key, over which 429 is answered. Default 50, from 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int RequestsPerSecond { get; init; } = 50;

    /// <summary>The settings of one gate.</summary>
    public ReviewGateSettings Of(string gate) => Gates.TryGetValue(gate, out var own) ? own : new();

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        foreach (var (name, key) in Keys)
        {
            if (key.Sha256.Length != 64 || !key.Sha256.All(char.IsAsciiHexDigitLower))
                yield return new($"{nameof(Keys)}:{name}:{nameof(key.Sha256)}", "***", "64 lower-case hexadecimal digits");
            if (key.Roles.Count == 0)
                yield return new($"{nameof(Keys)}:{name}:{nameof(key.Roles)}", "none", string.Join(", ", Enum.GetNames<ReviewRole>()));
        }
        foreach (var (name, gate) in Gates)
            if (gate is { HidesScores: true, Order: not ReviewOrder.Age })
                yield return new(
                    $"{nameof(Gates)}:{name}:{nameof(gate.Order)}", $"{gate.Order}",
                    $"{ReviewOrder.Age}, since {nameof(gate.HidesScores)} is true and an order by score would tell it");
    }
}

/// <summary>Review of one gate.</summary>
public sealed record ReviewGateSettings
{
    /// <summary>Reviewers who must agree, none seeing the others' words; where they do not, a senior decides. Default 1, up to 3.</summary>
    [Range(1, 3)]
    public int Quorum { get; init; } = 1;

    /// <summary>Which case comes first. Default Score: the furthest out.</summary>
    public ReviewOrder Order { get; init; } = ReviewOrder.Score;

    /// <summary>
    /// Whether a case keeps back what the gate measured (score, p-value, nearest class, heat map) until it is decided, so that an audit
    /// sample looks like any other case. Wants the order Age. Default false.
    /// </summary>
    public bool HidesScores { get; init; }

    /// <summary>How long a case may wait before it goes to a senior. Default 0: as long as it takes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan ServiceTime { get; init; }
}

/// <summary>One key of the review API.</summary>
public sealed record ReviewKeySettings
{
    /// <summary>SHA-256 of the key in hexadecimal digits. The key itself is kept nowhere: make it of 32 random bytes or more.</summary>
    [SecretSetting]
    public string Sha256 { get; init; } = string.Empty;

    /// <summary>What its holder may do.</summary>
    public IReadOnlyList<ReviewRole> Roles { get; init; } = [];

    /// <summary>Gates that its holder sees; empty for all.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>When it ends; null for never. Two names may share a holder, so that a new key starts before the old one ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Which case comes first.</summary>
public enum ReviewOrder
{
    /// <summary>The furthest out first.</summary>
    Score,

    /// <summary>The oldest first.</summary>
    Age,

    /// <summary>The nearest to the threshold first.</summary>
    Uncertainty,
}

/// <summary>What the holder of a key may do.</summary>
public enum ReviewRole
{
    /// <summary>Look at cases and decide them.</summary>
    Reviewer,

    /// <summary>As a reviewer, and decide what others could not agree on, correct and recall.</summary>
    Senior,

    /// <summary>Look, and decide nothing.</summary>
    Auditor,

    /// <summary>Approve statistics, roll back, and look.</summary>
    Operator,

    /// <summary>Put images in, and nothing else: for machines.</summary>
    Ingest,
}
