using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>A labelled data set with a few outliers among its images, which come again and again and have no class.</summary>
/// <remarks>Source: Hendrycks et al. 2019, "Deep Anomaly Detection with Outlier Exposure"; few outliers as in Fort et al. 2021.</remarks>
public sealed class OutlierMixture : IImageDataset
{
    private readonly IImageDataset _known;
    private readonly IImageDataset _outliers;
    private readonly int _used;

    /// <param name="known">The in-distribution images.</param>
    /// <param name="outliers">Images from elsewhere; their labels are ignored.</param>
    /// <param name="used">How many of the outliers are used, the first ones; at least 1.</param>
    /// <param name="share">Share of all images that are outliers, in (0, 1).</param>
    /// <exception cref="DatasetException">There are too few outliers, or the share is none.</exception>
    public OutlierMixture(IImageDataset known, IImageDataset outliers, int used, double share)
    {
        if (share is not (> 0 and < 1)) throw new DatasetException($"The share of outliers is {share}; it lies in (0, 1).");
        if (used < 1 || used > outliers.Count)
            throw new DatasetException($"{used} outliers are asked for; {outliers.Name} has {outliers.Count}, and one is the least.");
        (_known, _outliers, _used) = (known, outliers, used);
        Count = known.Count + Math.Max(1, (int)Math.Round(known.Count * share / (1 - share)));
        Name = $"{known.Name} with {used} outliers of {outliers.Name}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _known.ClassNames;

    /// <summary>Class of an image; null for an outlier.</summary>
    public int? LabelOf(int index) => index < _known.Count ? _known.LabelOf(index) : null;

    /// <inheritdoc/>
    public string IdOf(int index) => index < _known.Count ? _known.IdOf(index) : $"outlier {_outliers.IdOf(Outlier(index))}";

    /// <inheritdoc/>
    public Decoded Read(int index, ResizeRule? shrinkTo = null) => index < _known.Count
        ? _known.Read(index, shrinkTo)
        : _outliers.Read(Outlier(index), shrinkTo);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) =>
        index < _known.Count ? _known.ReadEncoded(index) : _outliers.ReadEncoded(Outlier(index));

    private int Outlier(int index) => (index - _known.Count) % _used;
}
