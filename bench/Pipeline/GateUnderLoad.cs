using System.Diagnostics;
using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Pipeline;

/// <summary>What a gate is to be measured as.</summary>
/// <param name="Model">Its backbone.</param>
/// <param name="Kafka">Folder of a real Kafka; null: embedded.</param>
/// <param name="Port">First of the ports.</param>
/// <param name="Seed">Seed of the images.</param>
internal sealed record GatePlan(GateModel Model, DirectoryInfo? Kafka, int Port, int Seed)
{
    /// <summary>Scorers that run side by side; they share the cores.</summary>
    public int Scorers { get; init; } = 1;

    /// <summary>Gates beside the default one.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Whether heat maps are drawn of the images that go to review.</summary>
    public bool HeatMaps { get; init; }

    /// <summary>The rig that it needs.</summary>
    public RigSettings Rig() => new()
    {
        Kafka = Kafka, Port = Port, Seed = Seed, Backbone = Model.Path, Scorers = Scorers, FitImages = Model.FitImages, Gates = Gates, HeatMaps = HeatMaps,
        ScorerSettings =
        [
            // The embedded Kafka knows no static members: it would wait for the one before until its session ends.
            .. Kafka is null ? ["MoodStream:Scorer:StaticMember="] : Array.Empty<string>(),
            $"MoodStream:Scorer:MaxBatchCount={Model.Batch}", $"MoodStream:Scorer:Precision={Model.Precision}", $"MoodStream:Scorer:Device={Model.Device}",
        ],
    };
}

/// <summary>One pass of images through a gate.</summary>
/// <param name="Seconds">Seconds they took, at the rate that was reached once the first batch was through.</param>
/// <param name="AllocatedBytes">Managed memory that the scorer allocated meanwhile.</param>
internal readonly record struct GatePass(double Seconds, double AllocatedBytes);

/// <summary>A whole gate, its scorers in processes of their own, with images to put in and a tape of what comes out.</summary>
internal sealed class GateUnderLoad : IAsyncDisposable
{
    private const string AllocatedBytes = "moodstream_allocated_bytes_total", StageSeconds = "moodstream_scorer_stage_duration_seconds_sum", Processor = "processor";
    private static readonly string[] Stages = ["read", "decode", "preprocess", "forward", "detect", "write"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly GatePlan _plan;
    private readonly TimeProvider _clock;
    private readonly ServiceProbe _probe = new();

    private GateUnderLoad(GatePlan plan, GateRig rig, TimeProvider clock)
    {
        (_plan, _clock, Rig, Load) = (plan, clock, rig, new FrameLoad(rig));
        Tape = new VerdictTape(rig.Broker.BootstrapServers, clock);
    }

    /// <summary>The gate.</summary>
    public GateRig Rig { get; }

    /// <summary>What goes in.</summary>
    public FrameLoad Load { get; }

    /// <summary>What comes out.</summary>
    public VerdictTape Tape { get; }

    /// <summary>Most resident memory of a scorer so far, in MiB; the largest, where there are several.</summary>
    public double PeakMiB => Rig.Scorers.Members.Max(m => (ProcessUse.Of(Rig.Scorers.ProcessIdOf(m))?.PeakBytes ?? 0) / (double)(1 << 20));

    /// <summary>Stands it up and lets each scorer judge a few batches.</summary>
    public static async Task<GateUnderLoad> StartAsync(GatePlan plan, TimeProvider clock, CancellationToken cancellation)
    {
        var gate = new GateUnderLoad(plan, await GateRig.StartAsync(plan.Rig(), clock, cancellation), clock);
        try
        {
            await gate.Load.PutAsync(2 * plan.Scorers * plan.Model.Batch, cancellation);
            await gate.AllOutAsync(cancellation);
            return gate;
        }
        catch
        {
            await gate.DisposeAsync();
            throw;
        }
    }

    /// <summary>Passes images that all lie in Kafka before the first is read: the scorers stand still while they are put in.</summary>
    /// <param name="images">How many, more than a batch for each scorer.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<GatePass> PassAsync(int images, CancellationToken cancellation)
    {
        var (place, allocated) = (Tape.Count, await AllocatedAsync(cancellation));
        foreach (var scorer in Rig.Scorers.Members) Rig.Scorers.Freeze(scorer);
        await Load.PutAsync(images, cancellation);
        foreach (var scorer in Rig.Scorers.Members) Rig.Scorers.Thaw(scorer);
        await AllOutAsync(cancellation);
        long[] arrivals = [.. Tape.From(place).Take(images).Select(v => v.At)];
        return new(SteadySeconds(arrivals, _plan.Scorers * _plan.Model.Batch), await AllocatedAsync(cancellation) - allocated);
    }

    /// <summary>Starts a scorer whose predecessor has ended in order, with an image that waits.</summary>
    /// <returns>Seconds from the start of the process to its first verdict.</returns>
    public async Task<double> ColdStartAsync(CancellationToken cancellation)
    {
        await Rig.Scorers.StopAsync(0, cancellation);
        if (_plan.Kafka is null) await Task.Delay(GateRig.Session, _clock, cancellation);      // the embedded Kafka lets nobody join before
        await Load.PutAsync(cancellation);
        var (place, began) = (Tape.Count, Stopwatch.GetTimestamp());
        Rig.Scorers.StartAgain(0);
        await AllOutAsync(cancellation);
        return Stopwatch.GetElapsedTime(began, Tape.From(place)[0].At).TotalSeconds;
    }

    /// <summary>Seconds that the stages of all scorers have worked so far, by their names, and the processor time of the scorers.</summary>
    public async Task<IReadOnlyDictionary<string, double>> StageSecondsAsync(CancellationToken cancellation)
    {
        var seconds = Stages.ToDictionary(stage => stage, _ => 0.0);
        seconds[Processor] = 0;
        foreach (var scorer in Rig.Scorers.Members)
        {
            foreach (var stage in Stages)
                seconds[stage] += await _probe.MetricAsync(Rig.Scorers.AddressOf(scorer), $"{StageSeconds}{{stage=\"{stage}\"}}", cancellation) ?? 0;
            using var process = Process.GetProcessById(Rig.Scorers.ProcessIdOf(scorer));
            seconds[Processor] += process.TotalProcessorTime.TotalSeconds;
        }

        return seconds;
    }

    /// <summary>Waits until all that was put in is out.</summary>
    public Task AllOutAsync(CancellationToken cancellation) => Tape.ReachAsync(Load.Put, Patience, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Load.Dispose();
        _probe.Dispose();
        await Tape.DisposeAsync();
        await Rig.DisposeAsync();
    }

    /// <summary>Seconds that all would have taken at the rate after the first batch, so that what only fills the pipe does not count.</summary>
    /// <param name="arrivals">When each came out, ascending, in ticks of the stopwatch.</param>
    /// <param name="first">Images of the first batch.</param>
    internal static double SteadySeconds(IReadOnlyList<long> arrivals, int first) =>
        Stopwatch.GetElapsedTime(arrivals[first - 1], arrivals[^1]).TotalSeconds * arrivals.Count / (arrivals.Count - first);

    private async Task<double> AllocatedAsync(CancellationToken cancellation)
    {
        var sum = 0.0;
        foreach (var scorer in Rig.Scorers.Members) sum += await _probe.MetricAsync(Rig.Scorers.AddressOf(scorer), AllocatedBytes, cancellation) ?? 0;
        return sum;
    }
}
