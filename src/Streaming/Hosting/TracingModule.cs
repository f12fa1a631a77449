using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MoodStream.Streaming.Settings;
using MoodStream.Streaming.Telemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MoodStream.Streaming.Hosting;

/// <summary>Exports traces over OTLP, where an endpoint is named.</summary>
internal static class TracingModule
{
    /// <summary>The variable of OpenTelemetry that names the collector.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds the export; nothing without an endpoint, so that nothing is collected in vain.</summary>
    public static void AddTracing(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<TracingSettings>(TracingSettings.Section);
        if (string.IsNullOrEmpty(builder.Configuration[Endpoint])) return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Environment.ApplicationName, serviceVersion: BuildVersion.Number))
            .WithTracing(tracing =>
            {
                tracing.AddSource(Traces.SourceName)
                    .AddAspNetCoreInstrumentation(http => http.Filter = context =>
                        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/metrics"))
                    .AddOtlpExporter();
                tracing.ConfigureServices(services => services.ConfigureOpenTelemetryTracerProvider((provider, configured) =>
                    configured.SetSampler(new ParentBasedSampler(
                        new TraceIdRatioBasedSampler(provider.GetRequiredService<TracingSettings>().SampleRatio)))));
            });
    }
}
