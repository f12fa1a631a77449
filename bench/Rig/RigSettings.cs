using MoodStream.Bench.Driver;
using MoodStream.Streaming.Delivery;

namespace MoodStream.Bench.Rig;

/// <summary>What a benchmark wants to stand up.</summary>
internal sealed record RigSettings
{
    /// <summary>Ports above the first one: HTTP of the scorers, and of the gateway.</summary>
    public const int HttpPorts = 50, GatewayPort = 90;

    /// <summary>Folder of a real Kafka with its program <c>kafka</c>; null: the embedded one.</summary>
    public DirectoryInfo? Kafka { get; init; }

    /// <summary>What kind of real Kafka.</summary>
    public ClusterShape Shape { get; init; } = new();

    /// <summary>First of the ports used: the broker's; those of HTTP lie above.</summary>
    public required int Port { get; init; }

    /// <summary>Scorers that run side by side.</summary>
    public required int Scorers { get; init; }

    /// <summary>Whether the ways of a scorer, by its number, to Kafka lead through the links.</summary>
    public Func<int, bool> ThroughLinks { get; init; } = _ => false;

    /// <summary>Whether there is a gateway.</summary>
    public bool Gateway { get; init; }

    /// <summary>Whether there is a trainer.</summary>
    public bool Trainer { get; init; }

    /// <summary>What the scorers promise.</summary>
    public DeliveryGuarantee Delivery { get; init; } = DeliveryGuarantee.AtLeastOnce;

    /// <summary>Address of a Redis; null: an embedded one.</summary>
    public string? Redis { get; init; }

    /// <summary>Address of the Redis for scorers, where their way leads through a link; null: as for all.</summary>
    public string? RedisOfScorers { get; init; }

    /// <summary>Largest record, in bytes; null: as the services have it.</summary>
    public int? MaxMessageBytes { get; init; }

    /// <summary>Settings besides of every service, and of the scorers, <c>KEY=VALUE</c>.</summary>
    public IReadOnlyList<string> ServiceSettings { get; init; } = [];

    /// <summary>Settings besides of the scorers, <c>KEY=VALUE</c>.</summary>
    public IReadOnlyList<string> ScorerSettings { get; init; } = [];

    /// <summary>Settings besides of the gateway, <c>KEY=VALUE</c>.</summary>
    public IReadOnlyList<string> GatewaySettings { get; init; } = [];

    /// <summary>Images the statistics are fitted to.</summary>
    public int FitImages { get; init; } = 300;

    /// <summary>Whether the statistics hold patches, as those of the demo do and those of <c>mood fit</c> only where asked.</summary>
    public bool HeatMaps { get; init; } = true;

    /// <summary>Gates beside the default one, with the same statistics; each judges the source of its name.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Whether the folder with logs and data stays.</summary>
    public bool Keep { get; init; }

    /// <summary>Seed of the images, and of what links corrupt.</summary>
    public required int Seed { get; init; }

    /// <summary>Backbone of the gate.</summary>
    public required string Backbone { get; init; }
}
