using System.Diagnostics;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Driver;

/// <summary>What ours and the peer's took, round by round.</summary>
/// <param name="OursSeconds">Seconds of ours.</param>
/// <param name="PeerSeconds">Seconds of the peer's, for the same work.</param>
/// <param name="Ratio">Peer's seconds over ours, round by round: above 1, ours is faster.</param>
internal sealed record PairedFigures(Spread OursSeconds, Spread PeerSeconds, Spread Ratio)
{
    /// <summary>Figures of rounds, the same number of both.</summary>
    public static PairedFigures Of(IReadOnlyList<double> ours, IReadOnlyList<double> peer) =>
        new(Spread.Of(ours), Spread.Of(peer), Spread.Of([.. peer.Zip(ours, (b, a) => b / a)]));
}

/// <summary>
/// Runs two ways to do the same work in turns, A B A B …, in one process, so that what the machine does beside hits both.
/// </summary>
/// <remarks>One round of each is run first and not counted. Absolute times drift on a shared machine; the ratio is what counts.</remarks>
internal static class PairedRun
{
    /// <param name="title">What is measured, for the progress bar.</param>
    /// <param name="rounds">Counted rounds, at least 1.</param>
    /// <param name="ours">Our way.</param>
    /// <param name="peer">The peer's way.</param>
    /// <param name="peerShare">Share of the work that the peer does in a round, in (0, 1]; its time is scaled up.</param>
    public static PairedFigures Measure(string title, int rounds, Action ours, Action peer, double peerShare = 1)
    {
        var (our, their) = (new List<double>(), new List<double>());
        ProgressBar.Run(title, rounds + 1, advance =>
        {
            for (var round = 0; round <= rounds; round++)
            {
                var (a, b) = (SecondsOf(ours), SecondsOf(peer) / peerShare);
                if (round > 0)
                {
                    our.Add(a);
                    their.Add(b);
                }
                advance(1);
            }
            return true;
        });
        return PairedFigures.Of(our, their);
    }

    /// <summary>Seconds that the work took, at least one tick of the clock, so that there is always a ratio.</summary>
    private static double SecondsOf(Action work)
    {
        var begin = Stopwatch.GetTimestamp();
        work();
        return Math.Max(Stopwatch.GetTimestamp() - begin, 1) / (double)Stopwatch.Frequency;
    }
}
