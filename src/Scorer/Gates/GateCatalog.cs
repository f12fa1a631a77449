using System.Collections.Concurrent;
using System.Security.Cryptography;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Vision;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Scorer.Gates;

/// <summary>All gates of this scorer: loads their backbones, follows their active statistics, tells which gate judges a source.</summary>
/// <remarks>Fails closed: statistics that are missing, damaged, or made with another model or preprocessing are none.</remarks>
public sealed class GateCatalog(
    ScorerSettings settings, IStatisticsStore store, DeviceThread device, ScorerMetrics metrics, TimeProvider clock, ILogger<GateCatalog> log)
{
    private readonly Dictionary<string, Gate> _bySource = [];
    private readonly ConcurrentDictionary<string, bool> _told = new();
    private volatile IReadOnlyDictionary<string, Gate> _gates = new Dictionary<string, Gate>();

    /// <summary>The gates by name; empty until they are loaded.</summary>
    public IReadOnlyDictionary<string, Gate> Gates => _gates;

    /// <summary>The gate that judges a source.</summary>
    public Gate GateOf(string source) => _bySource.TryGetValue(source, out var gate) ? gate : _gates[settings.DefaultGate];

    /// <summary>Loads every backbone once, on the device thread, and runs one blank image through each.</summary>
    /// <exception cref="BackboneException">A backbone cannot be used.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var backbones = new Dictionary<(string Path, int? InputSize, bool ShrinkOnLoad), Backbone>();
        var gates = new Dictionary<string, Gate>();
        foreach (var (name, gate) in settings.Gates)
        {
            var path = Path.GetFullPath(gate.Backbone);
            var wanted = (path, gate.InputSize, gate.ShrinkOnLoad);
            if (!backbones.TryGetValue(wanted, out var backbone))
            {
                backbone = await device.RunAsync(
                    () => Backbone.Load(
                        path, settings.Device, gate.InputSize, precision: settings.Precision, shrinkOnLoad: gate.ShrinkOnLoad), cancellation);
                await device.RunAsync(() => Probe(backbone), cancellation);
                backbones.Add(wanted, backbone);
            }
            gates[name] = new Gate(name, gate, backbone, clock);
            foreach (var source in gate.Sources) _bySource[source] = gates[name];
            log.GateLoaded(name, path, backbone.ModelHash);
        }
        _gates = gates;
    }

    /// <summary>Follows the active statistics of every gate until cancelled, or until one of them can no longer be followed.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll(_gates.Values.Select(FollowOneAsync));

        async Task FollowOneAsync(Gate gate)
        {
            try
            {
                await store.WatchAsync(
                    gate.Name, (active, token) => ChangeAsync(gate, active, token), confirmed => Look(gate, confirmed), ended.Token);
            }
            catch
            {
                await ended.CancelAsync();               // no gate may go stale unnoticed while the others are followed
                throw;
            }
        }
    }

    /// <summary>Runs one blank image; whether its feature is finite.</summary>
    /// <exception cref="BackboneException">It is not: the device or the weights are broken.</exception>
    public static bool Probe(Backbone backbone)
    {
        var (height, width) = backbone.Input;
        using var features = backbone.Extract([new float[3 * height * width]]);
        foreach (var value in features.data<float>())
            if (!float.IsFinite(value))
                throw new BackboneException("The device probe gave a feature that is not finite: the device or the weights are broken.");
        return true;
    }

    private async Task ChangeAsync(Gate gate, ActiveStatistics? active, CancellationToken cancellation)
    {
        if (active is null && gate.Read() is { Statistics: not null, Version: var held })
        {
            // A registry that was lost is no reason to stop at once: what the gate holds was active, and its limit runs from now.
            log.RegistryLost(gate.Name, held, gate.Settings.MaxUnconfirmedAge);
            return;
        }

        var state = active is { } version ? await ReadAsync(gate, version.Version, cancellation) : new GateState(0, null, "it has no active statistics");
        await device.RunAsync(() =>
        {
            if (active is not null) gate.Confirm();
            gate.Replace(state);
            return true;
        }, cancellation);
        Tell(gate, state);
    }

    /// <summary>After every look at the registry: statistics that it confirms go on, those whose time has run out are told of once.</summary>
    private void Look(Gate gate, bool confirmed)
    {
        if (confirmed) gate.Confirm();
        metrics.Unconfirmed(gate.Name, gate.UnconfirmedFor);
        var state = gate.Read();
        if (_told.TryGetValue(gate.Name, out var judged) && judged != (state.Statistics is not null)) Tell(gate, state);
    }

    private void Tell(Gate gate, GateState state)
    {
        _told[gate.Name] = state.Statistics is not null;
        metrics.SetStatistics(gate.Name, state);
        if (state.Problem is { } problem) log.GateWithoutStatistics(gate.Name, problem);
        else log.StatisticsSwapped(gate.Name, state.Version);
    }

    private async Task<GateState> ReadAsync(Gate gate, long version, CancellationToken cancellation)
    {
        if (await store.ReadBlobAsync(gate.Name, version, cancellation) is not { } blob)
            return new(version, null, $"the blob of its statistics (version {version}) is missing");
        try
        {
            // A version from before headers has none; its blob still carries a seal of its own.
            if (await store.ReadHeaderAsync(gate.Name, version, cancellation) is { } header
                && header.BlobSha256 != Convert.ToHexStringLower(SHA256.HashData(blob)))
                return new(version, null, $"the blob of its statistics (version {version}) is not the one that its header describes");
        }
        catch (InvalidDataException e)
        {
            return new(version, null, e.Message);
        }

        return await device.RunAsync(() => Restore(gate, version, blob), cancellation);
    }

    private static GateState Restore(Gate gate, long version, byte[] blob)
    {
        try
        {
            var statistics = GateStatistics.Read(blob, $"statistics {version} of gate {gate.Name}");
            if (Mismatch(gate, statistics) is not { } problem) return new(version, statistics, null);
            statistics.Dispose();
            return new(version, null, $"its statistics (version {version}) {problem}");
        }
        catch (GateStatisticsException e)
        {
            return new(version, null, e.Message);
        }
    }

    private static string? Mismatch(Gate gate, GateStatistics statistics)
    {
        var (made, backbone) = (statistics.Provenance, gate.Backbone);
        if (made.DifferenceFrom(backbone) is { } difference) return difference;
        if (statistics.Detector.Detector.Input != Mood.Detectors.DetectorInput.Features) return $"are of detector {statistics.Detector.Detector.Name}, which does not look at features";
        if (statistics.Patches?.Gaussian is { } patches && (patches.Dimension != backbone.PatchLength || patches.Grid.Count != backbone.PatchGrid?.Count))
            return $"hold {patches.Grid} patches of {patches.Dimension} values, not those of the backbone";
        return statistics.FeatureDimension != backbone.FeatureLength ? $"are for features of {statistics.FeatureDimension} values, not {backbone.FeatureLength}" : null;
    }
}
