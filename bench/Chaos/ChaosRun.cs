using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Bench.Chaos;

/// <summary>One run under faults: a gate stands up, images flow, things go wrong as they end, and every id is accounted for.</summary>
internal sealed class ChaosRun(ChaosSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Random _random = new(settings.Rig.Seed);
    private readonly VerdictRate _rate = new();
    private readonly List<(PlannedFault Fault, int Ended, double At)> _struck = [];
    private long _started;

    private double Seconds => clock.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Runs until every image has ended, or none has for five minutes.</summary>
    public async Task<ChaosResult> RunAsync(CancellationToken cancellation)
    {
        await using var rig = await GateRig.StartAsync(settings.Rig, clock, cancellation);
        using var producer = new KafkaRecordProducer(rig.Kafka, new StreamingMetrics(), NullLogger<KafkaRecordProducer>.Instance);
        using var live = new EndLedger(rig.Broker.BootstrapServers);
        using var producing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _started = clock.GetTimestamp();
        var traffic = new RigTraffic(rig.Camera, producer, settings.Rig.Seed);
        await StrikeWhileTheyEndAsync(
            rig, live, () => traffic.ProduceAsync(settings.Images, RigTraffic.MaxOutstanding, () => live.Ended, producing.Token), cancellation);
        await producing.CancelAsync();

        var seconds = Seconds;
        using var group = new GroupLag(rig.Broker.BootstrapServers);
        var lag = await group.DrainedAsync(GateRig.Session * 4, clock, cancellation);
        await rig.Scorers.DisposeAsync();
        return Sum(rig, lag, seconds);
    }

    /// <summary>Lets things go wrong at their shares of the images, one at a time, until all have ended.</summary>
    private async Task StrikeWhileTheyEndAsync(GateRig rig, EndLedger live, Func<Task<int>> produce, CancellationToken cancellation)
    {
        var plan = new Queue<PlannedFault>(settings.Scenario.Plan(rig, settings.Images, _random, clock));
        var producing = produce();
        var (ended, since, told, striking) = (0, clock.GetTimestamp(), false, Task.CompletedTask);
        while (live.Ended < settings.Images || plan.Count > 0 || !striking.IsCompleted)
        {
            cancellation.ThrowIfCancellationRequested();
            live.Read();
            _rate.Note(Seconds, live.Ended);
            if (producing.IsFaulted) await producing;
            if (live.Ended > ended) (ended, since, told) = (live.Ended, clock.GetTimestamp(), false);
            else if (clock.GetElapsedTime(since) > Patience) break;
            else if (!told && clock.GetElapsedTime(since) > GateRig.MaxStandstill / 2)
            {
                told = true;
                await Standstill.TellAsync(rig.Scorers, cancellation);
            }

            if (!striking.IsCompleted) continue;
            await striking;
            rig.Scorers.Supervise();
            if (!plan.TryPeek(out var next) || live.Ended < next.At) continue;
            plan.Dequeue();
            _struck.Add((next, live.Ended, Seconds));
            Console.WriteLine($"{Seconds,6:F1} s, {live.Ended:N0} ended: {next.What}");
            striking = next.StrikeAsync(cancellation);
        }

        await striking;
    }

    private ChaosResult Sum(GateRig rig, IReadOnlyList<long> lag, double seconds)
    {
        using var ledger = new EndLedger(rig.Broker.BootstrapServers);
        var begin = clock.GetTimestamp();
        while (!ledger.AtEnd)
        {
            if (clock.GetElapsedTime(begin) > Patience) throw new CliException("the outputs cannot be read to their end.");
            ledger.Read();
        }

        return new ChaosResult
        {
            ImagesIn = settings.Images, Accepted = ledger.EndedIn(Topics.Accepted), Review = ledger.EndedIn(Topics.Review),
            DeadLetter = ledger.EndedIn(Topics.DeadLetters),
            Lost = Enumerable.Range(0, settings.Images).Count(i => !ledger.Knows(RigTraffic.IdOf(i))),
            Duplicates = ledger.Duplicates, DuplicatesDropped = ledger.DuplicatesDropped, ScorerKills = rig.Scorers.Kills,
            BrokerKills = rig.Broker.Kills, ScorerCrashes = rig.Scorers.Crashes, Seconds = Math.Round(seconds, 1),
            Delivery = settings.Rig.Delivery.ToString(), Seed = settings.Rig.Seed, Scenario = settings.Scenario.Name,
            LagLeft = lag.Sum(), StuckPartitions = lag.Count(l => l > 0),
            FlippedBits = rig.Broker is RealBroker real ? real.Links.Sum(l => l.Flipped) : 0, Faults = [.. Faults(seconds)],
        };
    }

    private IEnumerable<FaultSeen> Faults(double end)
    {
        for (var i = 0; i < _struck.Count; i++)
        {
            var (fault, ended, at) = _struck[i];
            var until = i + 1 < _struck.Count ? _struck[i + 1].At : end;
            yield return new(
                fault.What, ended, Math.Round(_rate.LongestSilence(at, until), 1), _rate.Recovery(at, until) is { } s ? Math.Round(s, 1) : null);
        }
    }
}
