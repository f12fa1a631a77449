using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Contracts;

namespace MoodStream.Bench.Chaos.Scenarios;

/// <summary>
/// Three brokers that keep each record three times: one is killed and returns, leaders are moved away and back, and a scorer is cut
/// off from the leader of a partition that it owns.
/// </summary>
internal sealed class ClusterScenario : ChaosScenario
{
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(10), CutOff = TimeSpan.FromSeconds(10), Answer = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public override string Name => "cluster";

    /// <inheritdoc/>
    public override ClusterShape Shape => new() { Brokers = 3, Linked = true };

    /// <inheritdoc/>
    public override bool ThroughLinks(int scorer) => scorer == 0;

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedFault> Plan(GateRig rig, int images, Random random, TimeProvider clock)
    {
        var cluster = (RealBroker)rig.Broker;
        var (killed, moved) = (random.Next(Shape.Brokers), random.Next(Shape.Brokers));
        return Spread(
        [
            ($"broker {killed + 1} killed, back after {Absence.TotalSeconds:F0} s", c => cluster.KillAsync(killed, Absence, clock, c)),
            ($"leaders moved off broker {moved + 1}, and back", c => MoveAsync(cluster, moved, c)),
            ($"scorer 0 cut off from the leader of a partition for {CutOff.TotalSeconds:F0} s", c => CutAsync(rig, cluster, clock, new LinkFault { Cut = true }, c)),
            ($"the same without a sign: nothing arrives for {CutOff.TotalSeconds:F0} s", c => CutAsync(rig, cluster, clock, new LinkFault { Silent = true }, c)),
        ], images, random);
    }

    private static async Task MoveAsync(RealBroker cluster, int node, CancellationToken cancellation)
    {
        await cluster.RestartAsync(node, cancellation);
        using var admin = Admin(cluster);
        try
        {
            await admin.ElectLeadersAsync(ElectionType.Preferred, null, new ElectLeadersOptions { RequestTimeout = Answer, OperationTimeout = Answer });
        }
        catch (ElectLeadersException)
        {
            // Replicas that are not back in sync yet keep their leader; the others have theirs again.
        }
    }

    private static async Task CutAsync(GateRig rig, RealBroker cluster, TimeProvider clock, LinkFault fault, CancellationToken cancellation)
    {
        var link = cluster.Links[await LeaderOfAsync(rig.Scorers.NameOf(0), cluster, clock, cancellation)];
        link.Fault = fault;
        await Task.Delay(CutOff, clock, cancellation);
        link.Fault = LinkFault.None;
    }

    /// <summary>Node, from 0, that leads a partition which a member of the scorers' group owns; waits until it owns one.</summary>
    private static async Task<int> LeaderOfAsync(string member, RealBroker cluster, TimeProvider clock, CancellationToken cancellation)
    {
        using var admin = Admin(cluster);
        while (true)
        {
            var groups = await admin.DescribeConsumerGroupsAsync([ConsumerGroups.Scorer], new DescribeConsumerGroupsOptions { RequestTimeout = Answer });
            var owned = groups.ConsumerGroupDescriptions.Single().Members.Where(m => m.GroupInstanceId == member)
                .SelectMany(m => m.Assignment.TopicPartitions).Select(p => p.Partition.Value).ToList();
            if (owned.Count > 0)
                return admin.GetMetadata(Topics.Images, Answer).Topics.Single().Partitions.Single(p => p.PartitionId == owned[0]).Leader - 1;
            await Task.Delay(Glance, clock, cancellation);
        }
    }

    private static IAdminClient Admin(RealBroker cluster) => new AdminClientBuilder(
        new AdminClientConfig { BootstrapServers = cluster.BootstrapServers }).SetLogHandler((_, _) => { }).Build();
}
