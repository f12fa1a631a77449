using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Chaos;

/// <summary>Something that goes wrong while images flow.</summary>
/// <param name="At">Images that have ended when it does.</param>
/// <param name="What">What goes wrong, for people.</param>
/// <param name="StrikeAsync">Makes it go wrong, and right again.</param>
internal sealed record PlannedFault(int At, string What, Func<CancellationToken, Task> StrikeAsync);

/// <summary>What goes wrong during a run, and on what kind of cluster.</summary>
internal abstract class ChaosScenario
{
    /// <summary>Name for people and reports.</summary>
    public abstract string Name { get; }

    /// <summary>Scorers, unless told otherwise.</summary>
    public virtual int Scorers => 2;

    /// <summary>Kind of real Kafka that it needs.</summary>
    public virtual ClusterShape Shape => new();

    /// <summary>Whether it needs a real Kafka.</summary>
    public virtual bool NeedsKafka => true;

    /// <summary>Whether the ways of a scorer to Kafka lead through the links.</summary>
    public virtual bool ThroughLinks(int scorer) => false;

    /// <summary>What goes wrong, in order.</summary>
    /// <param name="rig">What stands.</param>
    /// <param name="images">Images put in.</param>
    /// <param name="random">All chance.</param>
    /// <param name="clock">Tells the time.</param>
    public abstract IReadOnlyList<PlannedFault> Plan(GateRig rig, int images, Random random, TimeProvider clock);

    /// <summary>Spreads faults: each at a drawn place in one of equal shares of the images.</summary>
    protected static IReadOnlyList<PlannedFault> Spread(
        IReadOnlyList<(string What, Func<CancellationToken, Task> StrikeAsync)> faults, int images, Random random)
    {
        // None in the last twentieth, so that images are left to show that it is over.
        var share = 0.95 * images / Math.Max(1, faults.Count);
        return [.. faults.Select((f, i) => new PlannedFault((int)((i + random.NextDouble()) * share), f.What, f.StrikeAsync))];
    }
}
