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

/// <summary>One figure beside its peer or limit.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Unit of <paramref name="Ours"/> and <paramref name="Peer"/>.</param>
/// <param name="Ours">Median of ours.</param>
/// <param name="Peer">Median of the peer's; where there is none, what must be reached.</param>
/// <param name="Ratio">Where larger is better, how much better ours is; else ours over the peer's. Medians of the paired rounds.</param>
/// <param name="RatioLow">Smallest ratio of a round.</param>
/// <param name="RatioHigh">Largest ratio of a round.</param>
/// <param name="Must">Ratio that must be reached.</param>
/// <param name="Aim">Ratio that is aimed at; null where none is.</param>
internal sealed record BenchRow(
    string Name, string Unit, double Ours, double Peer, double Ratio, double RatioLow, double RatioHigh, double Must,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Aim)
{
    /// <summary>Which way the ratio is better.</summary>
    public Better Better { get; init; } = Better.Higher;

    /// <summary>Whether what must be reached is.</summary>
    public bool Met => Better == Better.Higher ? Ratio >= Must : Ratio <= Must;

    /// <summary>A row of seconds that were measured in turns.</summary>
    public static BenchRow Of(string name, PairedFigures figures, double must, double? aim = null) => new(
        name, "s", figures.OursSeconds.Median, figures.PeerSeconds.Median, figures.Ratio.Median, figures.Ratio.Low, figures.Ratio.High, must, aim);

    /// <summary>A row of ours as a share of the peer's, of which only so much may be: a cost beside what cannot be avoided. The ratio is the median of the rounds'.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Unit of both.</param>
    /// <param name="ours">Ours of each round.</param>
    /// <param name="peer">The peer's of each round.</param>
    /// <param name="must">Largest ratio allowed.</param>
    /// <param name="aim">Ratio that is aimed at.</param>
    public static BenchRow OfShare(string name, string unit, IReadOnlyList<double> ours, IReadOnlyList<double> peer, double must, double aim)
    {
        var ratio = Spread.Of([.. ours.Zip(peer, (a, b) => a / b)]);
        return new(name, unit, Spread.Of(ours).Median, Spread.Of(peer).Median, ratio.Median, ratio.Low, ratio.High, must, aim)
        {
            Better = Better.Lower,
        };
    }

    /// <summary>A row without a peer: it stands beside what it must reach, which has the ratio 1.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Unit of ours, of what it must reach and of the aim.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="must">What it must reach.</param>
    /// <param name="aim">What is aimed at; it tells which way is better.</param>
    public static BenchRow OfLimit(string name, string unit, Spread ours, double must, double aim) =>
        new(name, unit, ours.Median, must, ours.Median / must, ours.Low / must, ours.High / must, 1, aim / must)
        {
            Better = aim < must ? Better.Lower : Better.Higher,
        };
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
