using System.ComponentModel.DataAnnotations;

namespace MoodStream.Streaming.Telemetry;

/// <summary>
/// Which traces are exported. Section <c>MoodStream:Tracing</c>; where to is said by the variables of OpenTelemetry, above all
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, without which there are no traces.
/// </summary>
public sealed record TracingSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Tracing";

    /// <summary>Share of the images whose way is traced, in [0, 1]; one that comes with a sampled trace always is. Default 0.01.</summary>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; init; } = 0.01;
}
