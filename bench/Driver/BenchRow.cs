namespace MoodStream.Bench.Driver;

/// <summary>One figure beside its peer or limit.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Unit of <paramref name="Ours"/> and <paramref name="Peer"/>.</param>
/// <param name="Ours">Median of ours.</param>
/// <param name="Peer">Median of the peer's.</param>
/// <param name="Ratio">How much better ours is; medians of the paired rounds.</param>
/// <param name="RatioLow">Smallest ratio of a round.</param>
/// <param name="RatioHigh">Largest ratio of a round.</param>
/// <param name="Must">Ratio that must be reached.</param>
/// <param name="Aim">Ratio that is aimed at; null where none is.</param>
internal sealed record BenchRow(
    string Name, string Unit, double Ours, double Peer, double Ratio, double RatioLow, double RatioHigh, double Must, double? Aim)
{
    /// <summary>Whether what must be reached is.</summary>
    public bool Met => Ratio >= Must;

    /// <summary>A row of seconds that were measured in turns.</summary>
    public static BenchRow Of(string name, PairedFigures figures, double must, double? aim = null) => new(
        name, "s", figures.OursSeconds.Median, figures.PeerSeconds.Median, figures.Ratio.Median, figures.Ratio.Low, figures.Ratio.High, must, aim);
}
