using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Chaos.Scenarios;

/// <summary>Of three scorers one is frozen for longer than its session and wakes again, one is added, one is taken away in order.</summary>
internal sealed class MembersScenario : ChaosScenario
{
    /// <inheritdoc/>
    public override string Name => "members";

    /// <inheritdoc/>
    public override int Scorers => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedFault> Plan(GateRig rig, int images, Random random, TimeProvider clock)
    {
        var frozen = random.Next(Scorers);
        var removed = (frozen + 1) % Scorers;
        var freeze = 2 * GateRig.Session;
        return Spread(
        [
            ($"scorer {frozen} frozen for {freeze.TotalSeconds:F0} s, its session is {GateRig.Session.TotalSeconds:F0} s", c => FreezeAsync(frozen, c)),
            ("a scorer added", _ => Task.FromResult(rig.Scorers.Add(LoopbackPort.Free()))),
            ($"scorer {removed} ended by SIGTERM, for good", RemoveAsync),
            ($"scorer {Scorers} frozen likewise", c => FreezeAsync(Scorers, c)),
        ], images, random);

        async Task FreezeAsync(int scorer, CancellationToken cancellation)
        {
            rig.Scorers.Freeze(scorer);
            await Task.Delay(freeze, clock, cancellation);
            rig.Scorers.Thaw(scorer);
        }

        async Task RemoveAsync(CancellationToken cancellation)
        {
            if (await rig.Scorers.RemoveAsync(removed, cancellation) is not ExitCode.Ok and var code)
                throw new CliException($"Scorer {removed} ended with exit code {code} after SIGTERM, not {ExitCode.Ok}.");
        }
    }
}
