using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Pipeline;
using MoodStream.Scorer.Telemetry;

namespace MoodStream.Scorer.Health;

/// <summary>Ready: every gate has statistics that may be used.</summary>
internal sealed class GatesCheck(GateCatalog gates) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = gates.Gates.Values.Select(g => (g.Name, State: g.Read(), g.Settings.WithoutStatistics)).ToArray();
        if (states.Length == 0) return Task.FromResult(HealthCheckResult.Unhealthy("the gates are not loaded yet"));
        var text = string.Join("; ", states.Select(s => s.State.Problem is { } p ? $"gate {s.Name}: {p}" : $"gate {s.Name}: version {s.State.Version}"));
        return Task.FromResult(
            states.All(s => s.State.Problem is null) ? HealthCheckResult.Healthy(text)
            : states.All(s => s.State.Problem is null || s.WithoutStatistics == WithoutStatistics.Review) ? HealthCheckResult.Degraded(text)
            : HealthCheckResult.Unhealthy(text));
    }
}

/// <summary>Live and ready: the device answers a small probe with finite numbers. A broken device stays broken until the process is restarted.</summary>
internal sealed class DeviceCheck(GateCatalog gates, DeviceThread device, ScorerMetrics metrics) : IHealthCheck
{
    private string? _broken;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_broken is not null) return HealthCheckResult.Unhealthy(_broken);
        if (gates.Gates.Count == 0) return HealthCheckResult.Healthy("nothing is loaded yet");
        try
        {
            var backbone = gates.Gates.Values.First().Backbone;
            await device.RunAsync(() => GateCatalog.Probe(backbone), cancellationToken);
            metrics.Device(healthy: true);
            return HealthCheckResult.Healthy("a blank image gave a finite feature");
        }
        catch (OperationCanceledException)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a device throws, it is broken: latched, told, and the process is to be restarted.
        catch (Exception e)
#pragma warning restore CA1031
        {
            metrics.Device(healthy: false);
            _broken = $"the device failed its probe: {e.Message}";
            return HealthCheckResult.Unhealthy(_broken);
        }
    }
}

/// <summary>Live: the pipeline has not failed.</summary>
internal sealed class PipelineCheck(ScoringPipeline pipeline) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(pipeline.Fault is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy(pipeline.Phase.ToString()));
}

/// <summary>Started: the backbones are loaded.</summary>
internal sealed class LoadedCheck(ScoringPipeline pipeline) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(pipeline.Phase == PipelinePhase.Loading
            ? HealthCheckResult.Unhealthy("the backbones are being loaded")
            : HealthCheckResult.Healthy("the backbones are loaded"));
}
