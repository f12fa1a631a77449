using MoodStream.Streaming.Delivery;

namespace MoodStream.Bench.Chaos;

/// <summary>How a run under kills goes.</summary>
internal sealed record ChaosSettings
{
    /// <summary>Folder of a real Kafka with its program <c>kafka</c>; null: the embedded one.</summary>
    public DirectoryInfo? Kafka { get; init; }

    /// <summary>Images put in.</summary>
    public required int Images { get; init; }

    /// <summary>Scorers that run side by side.</summary>
    public required int Scorers { get; init; }

    /// <summary>SIGKILLs of scorers.</summary>
    public required int Kills { get; init; }

    /// <summary>SIGKILLs of the broker.</summary>
    public required int BrokerKills { get; init; }

    /// <summary>What the scorers promise.</summary>
    public required DeliveryGuarantee Delivery { get; init; }

    /// <summary>First of the ports used: broker, then the scorers' HTTP from 50 above.</summary>
    public required int Port { get; init; }

    /// <summary>Seed of images, kills and their times.</summary>
    public required int Seed { get; init; }

    /// <summary>Backbone of the gate.</summary>
    public required string Backbone { get; init; }
}
