using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;

namespace MoodStream.Cli.Demo;

/// <summary>Real images as traffic: a part of the ID set is fitted to, the rest is streamed among OOD images, over and over.</summary>
internal sealed class DatasetTraffic : ITraffic
{
    private const double FitShare = 0.6;
    private const int MaxFitImages = 6_000;
    private readonly IImageDataset _id;
    private readonly IImageDataset _ood;
    private readonly int[] _streamed;
    private readonly Random _random;
    private readonly double _oodShare;
    private int _next;

    /// <param name="idName">In-distribution data set.</param>
    /// <param name="oodName">Out-of-distribution data set.</param>
    /// <param name="seed">Seed of the split and of the order.</param>
    /// <param name="oodShare">Share of OOD images in the stream, in [0, 1].</param>
    public DatasetTraffic(string idName, string oodName, int seed, double oodShare)
    {
        (_id, _ood, _random, _oodShare) = (DatasetName.Open(idName), DatasetName.Open(oodName), new Random(seed), oodShare);
        if (_id.Count < 2) throw new CliException($"{_id.Name} has {_id.Count} images; some are fitted to and others streamed.");
        var order = Enumerable.Range(0, _id.Count).ToArray();
        _random.Shuffle(order);
        var fit = Math.Min(MaxFitImages, (int)(FitShare * order.Length));
        FitSet = new DatasetPart(_id, order[..fit]);
        _streamed = order[fit..];
    }

    /// <inheritdoc/>
    public string Name => $"{_id.Name} among {_ood.Name}";

    /// <inheritdoc/>
    public string Source => "dataset";

    /// <inheritdoc/>
    public IImageDataset FitSet { get; }

    /// <inheritdoc/>
    public TrafficImage Next()
    {
        if (_random.NextDouble() < _oodShare)
        {
            var ood = _random.Next(_ood.Count);
            return new(_ood.ReadEncoded(ood), "ood", $"ood {ood}");
        }
        var place = _streamed[_next++ % _streamed.Length];
        return new(_id.ReadEncoded(place), null, $"id {place}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
