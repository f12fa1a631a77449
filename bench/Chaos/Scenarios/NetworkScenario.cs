using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Chaos.Scenarios;

/// <summary>The network between all scorers and Kafka is cut, silent, slow, narrow, and flips bits, in a drawn order.</summary>
/// <remarks>
/// The way is encrypted: a flipped bit is noticed there and ends the connection. Without encryption nobody could promise anything, since
/// Kafka's requests outside of a batch of records carry no checksum of their own.
/// </remarks>
/// <param name="faults">How many faults.</param>
internal sealed class NetworkScenario(int faults) : ChaosScenario
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(8);

    private static readonly (string What, LinkFault Fault)[] Kinds =
    [
        ("connections cut", new() { Cut = true }),
        ("silence", new() { Silent = true }),
        ("every answer 400 ms late", new() { Delay = TimeSpan.FromMilliseconds(200) }),
        ("64 KiB a second", new() { BytesPerSecond = 64 << 10 }),
        ("a bit flipped in one chunk of 20", new() { CorruptShare = 0.05 }),
    ];

    /// <inheritdoc/>
    public override string Name => "network";

    /// <inheritdoc/>
    public override ClusterShape Shape => new() { Linked = true, Secure = true };

    /// <inheritdoc/>
    public override bool ThroughLinks(int scorer) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedFault> Plan(GateRig rig, int images, Random random, TimeProvider clock)
    {
        var link = ((RealBroker)rig.Broker).Links[0];
        var order = Enumerable.Range(0, faults).Select(i => Kinds[i % Kinds.Length]).ToArray();
        random.Shuffle(order);
        return Spread([.. order.Select(o => ($"{o.What} for {Lasts.TotalSeconds:F0} s", StrikeWith(o.Fault)))], images, random);

        Func<CancellationToken, Task> StrikeWith(LinkFault fault) => async cancellation =>
        {
            link.Fault = fault;
            await Task.Delay(Lasts, clock, cancellation);
            link.Fault = LinkFault.None;
        };
    }
}
