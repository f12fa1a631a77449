using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Chaos.Scenarios;

/// <summary>Scorers and the broker are ended by SIGKILL, in a drawn order.</summary>
/// <param name="scorerKills">SIGKILLs of scorers.</param>
/// <param name="brokerKills">SIGKILLs of the broker.</param>
internal sealed class KillsScenario(int scorerKills, int brokerKills) : ChaosScenario
{
    /// <inheritdoc/>
    public override string Name => "kills";

    /// <inheritdoc/>
    public override bool NeedsKafka => false;

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedFault> Plan(GateRig rig, int images, Random random, TimeProvider clock)
    {
        var who = Enumerable.Range(0, scorerKills + brokerKills).Select(i => i < brokerKills).ToArray();
        random.Shuffle(who);
        return Spread([.. who.Select(broker => broker ? KillBroker(rig) : KillScorer(rig, random.Next(rig.Scorers.Members.Count)))], images, random);
    }

    private static (string, Func<CancellationToken, Task>) KillBroker(GateRig rig) => ("SIGKILL of the broker", rig.Broker.KillAsync);

    private static (string, Func<CancellationToken, Task>) KillScorer(GateRig rig, int scorer) => ($"SIGKILL of scorer {scorer}", _ =>
    {
        rig.Scorers.Kill(scorer);
        return Task.CompletedTask;
    });
}
