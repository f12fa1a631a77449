using MoodStream.Contracts;
using MoodStream.Streaming.Audit;

namespace MoodStream.GatewayTests.Review;

public sealed class AuditTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Walk_WholeChainWithRepeats_Holds()
    {
        var chain = Chain(5);
        var walk = new AuditWalk();

        foreach (var link in new[] { 0, 1, 2, 1, 2, 3, 4 }) walk.Add(chain[link]);

        Assert.Empty(walk.Breaks);
        Assert.Equal(5, walk.Links["parts"]);
    }

    [Theory]
    [InlineData("changed", "link 3 (happened of 3): its hash is not that of its content")]
    [InlineData("resealed", "link 4 (happened of 4): it does not follow the link before")]
    [InlineData("left out", "link 4 (happened of 4): link 3 is missing before it")]
    [InlineData("put in", "link 3 (happened of 3): another link has its place already")]
    public void Walk_Tampering_IsNamedAtItsFirstLink(string how, string expected)
    {
        var chain = Chain(5);
        var forged = chain[2] with { Actor = "somebody else" };
        var sealedAgain = forged with { Hash = AuditChain.HashOf(forged) };
        AuditRecorded[] told = how switch
        {
            "changed" => [chain[0], chain[1], forged, chain[3], chain[4]],
            "resealed" => [chain[0], chain[1], sealedAgain, chain[3], chain[4]],
            "left out" => [chain[0], chain[1], chain[3], chain[4]],
            _ => [chain[0], chain[1], chain[2], sealedAgain, chain[3]],
        };
        var walk = new AuditWalk();

        foreach (var link in told) walk.Add(link);

        Assert.Contains(expected, walk.Breaks["parts"]);
    }

    [Fact]
    public void Hash_TextThatMovesBetweenMembers_IsAnother()
    {
        var one = AuditChain.Next("parts", AuditHead.Empty, new(Noon, "ab", "c", "d"));
        var other = AuditChain.Next("parts", AuditHead.Empty, new(Noon, "a", "bc", "d"));

        Assert.NotEqual(one.Hash, other.Hash);
    }

    private static List<AuditRecorded> Chain(int links)
    {
        var chain = new List<AuditRecorded>();
        var head = AuditHead.Empty;
        for (var i = 1; i <= links; i++)
        {
            chain.Add(AuditChain.Next("parts", head, new(Noon.AddSeconds(i), "ann", "happened", $"{i}")));
            head = new(chain[^1].Sequence, chain[^1].Hash);
        }
        return chain;
    }
}
