using System.Text.Json.Serialization;

namespace MoodStream.Bench.Driver;

/// <summary>Which way a ratio is better.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Better>))]
internal enum Better
{
    /// <summary>The larger the better: how many times faster than the peer.</summary>
    [JsonStringEnumMemberName("higher")]
    Higher,

    /// <summary>The smaller the better: how many times a bound.</summary>
    [JsonStringEnumMemberName("lower")]
    Lower,
}

/// <summary>One round of a row.</summary>
/// <param name="Ours">Ours.</param>
/// <param name="Peer">The peer's; where there is none, what must be reached.</param>
/// <param name="Ratio">Where larger is better, how much better ours is; else ours over the peer's.</param>
internal readonly record struct BenchRound(double Ours, double Peer, double Ratio);

/// <summary>One figure beside its peer or limit.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Unit of <see cref="Ours"/> and <see cref="Peer"/>.</param>
/// <param name="Rounds">What was measured, at least once.</param>
/// <param name="Must">Ratio that must be reached.</param>
/// <param name="Aim">Ratio that is aimed at; null where none is.</param>
internal sealed record BenchRow(
    string Name, string Unit, IReadOnlyList<BenchRound> Rounds, double Must,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Aim)
{
    /// <summary>Which way the ratio is better.</summary>
    public Better Better { get; init; } = Better.Higher;

    /// <summary>Median of ours.</summary>
    public double Ours => Over(r => r.Ours).Median;

    /// <summary>Median of the peer's; where there is none, what must be reached.</summary>
    public double Peer => Over(r => r.Peer).Median;

    /// <summary>Median of the rounds' ratios.</summary>
    public double Ratio => Over(r => r.Ratio).Median;

    /// <summary>Smallest ratio of a round.</summary>
    public double RatioLow => Over(r => r.Ratio).Low;

    /// <summary>Largest ratio of a round.</summary>
    public double RatioHigh => Over(r => r.Ratio).High;

    /// <summary>Whether what must be reached is.</summary>
    public bool Met => Better == Better.Higher ? Ratio >= Must : Ratio <= Must;

    /// <summary>A row of seconds that were measured in turns.</summary>
    public static BenchRow Of(string name, PairedFigures figures, double must, double? aim = null) =>
        new(name, "s", [.. Zip(figures.OursSeconds.Figures, figures.PeerSeconds.Figures, (ours, peer) => peer / ours)], must, aim);

    /// <summary>A row of ours as a share of the peer's, of which only so much may be: a cost beside what cannot be avoided.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Unit of both.</param>
    /// <param name="ours">Ours of each round.</param>
    /// <param name="peer">The peer's of each round.</param>
    /// <param name="must">Largest ratio allowed.</param>
    /// <param name="aim">Ratio that is aimed at.</param>
    public static BenchRow OfShare(string name, string unit, IReadOnlyList<double> ours, IReadOnlyList<double> peer, double must, double aim) =>
        new(name, unit, [.. Zip(ours, peer, (a, b) => a / b)], must, aim) { Better = Better.Lower };

    /// <summary>A row without a peer: it stands beside what it must reach, which has the ratio 1.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Unit of ours, of what it must reach and of the aim.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="must">What it must reach.</param>
    /// <param name="aim">What is aimed at; it tells which way is better.</param>
    public static BenchRow OfLimit(string name, string unit, Spread ours, double must, double aim) =>
        new(name, unit, [.. ours.Figures.Select(figure => new BenchRound(figure, must, figure / must))], 1, aim / must)
        {
            Better = aim < must ? Better.Lower : Better.Higher,
        };

    /// <summary>The same row over its own rounds and those of another run.</summary>
    public BenchRow With(BenchRow again) => this with { Rounds = [.. Rounds, .. again.Rounds] };

    private static IEnumerable<BenchRound> Zip(IReadOnlyList<double> ours, IReadOnlyList<double> peer, Func<double, double, double> ratio) =>
        ours.Zip(peer, (a, b) => new BenchRound(a, b, ratio(a, b)));

    private Spread Over(Func<BenchRound, double> figure) => Spread.Of(Rounds.Select(figure));
}

/// <summary>A row that could not be measured here.</summary>
/// <param name="Name">What was to be measured.</param>
/// <param name="Unit">Unit of <paramref name="Must"/> and <paramref name="Aim"/>.</param>
/// <param name="Must">What it must reach; null where a whole benchmark is missing.</param>
/// <param name="Aim">What is aimed at; null likewise.</param>
/// <param name="Reason">Why it was not.</param>
internal sealed record UnmeasuredRow(string Name, string Unit, double? Must, double? Aim, string Reason)
{
    /// <summary>A benchmark that ended without results.</summary>
    public static UnmeasuredRow Of(string benchmark, string reason) => new(benchmark, "", null, null, reason);
}
