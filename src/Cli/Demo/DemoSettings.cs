namespace MoodStream.Cli.Demo;

/// <summary>How the demo runs.</summary>
internal sealed record DemoSettings
{
    /// <summary>How long images are streamed; null until Ctrl-C.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>HTTP port of the gateway and its page.</summary>
    public required int Port { get; init; }

    /// <summary>Port of the embedded Kafka.</summary>
    public required int KafkaPort { get; init; }

    /// <summary>Promised false-alarm rate, in (0, 1).</summary>
    public required double FalseAlarmRate { get; init; }

    /// <summary>Images put in per second.</summary>
    public required double Rate { get; init; }

    /// <summary>Full path of the backbone.</summary>
    public required string Backbone { get; init; }

    /// <summary>Side of the backbone's input, in pixels; null as trained.</summary>
    public int? InputSize { get; init; }

    /// <summary>Whether patches are fitted too, so that images in review have heat maps.</summary>
    public bool HeatMaps { get; init; } = true;

    /// <summary>Settings of the services, each as KEY=VALUE; they win.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Folder for images and the append-only file; null for a temporary one, removed at the end.</summary>
    public string? DataFolder { get; init; }
}
