using MoodStream.Cli.Localisation;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;

namespace MoodStream.Cli.Evaluation;

/// <summary>A way to make heat maps of a batch, with the tally of what they found.</summary>
internal abstract class LocalisationMaps(string name) : IDisposable
{
    /// <summary>Name in the table.</summary>
    public string Name { get; } = name;

    /// <summary>What the maps found so far.</summary>
    public LocalisationTally Tally { get; } = new();

    /// <summary>What the colours stand for; null where the maps are not drawn.</summary>
    public virtual HeatMapScale? Scale => null;

    /// <summary>Learns from images to fit to.</summary>
    public abstract void Fit(PatchBatch batch);

    /// <summary>Ends the fit.</summary>
    public virtual void EndFit()
    {
    }

    /// <summary>Looks at held-out images.</summary>
    public virtual void HoldOut(PatchBatch batch)
    {
    }

    /// <summary>Maps of test images, in order.</summary>
    public abstract IReadOnlyList<HeatMap> Of(PatchBatch batch);

    /// <summary>The row of the table.</summary>
    public virtual LocalisationRow Row() => LocalisationTables.Row(Name, Tally.Metrics());

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Maps of a patch Gaussian.</summary>
internal sealed class GaussianMaps(PatchGaussianKind kind, PatchExtraction extraction) : LocalisationMaps(kind.Name())
{
    private readonly PatchMoments _moments = new(kind, extraction.Grid, extraction.Dimension);
    private readonly List<double[]> _held = [];
    private PatchGaussian? _gaussian;
    private HeatMapScale? _scale;

    public override HeatMapScale? Scale => _scale ??= HeatMapScale.Of(_held);

    public override void Fit(PatchBatch batch) => _moments.Add(batch.Tokens);

    public override void EndFit() => _gaussian = _moments.Fit();

    public override void HoldOut(PatchBatch batch) => _held.AddRange(_gaussian!.Distances(batch.Tokens));

    public override IReadOnlyList<HeatMap> Of(PatchBatch batch) =>
        [.. _gaussian!.Distances(batch.Tokens).Select(d => new HeatMap(extraction.Grid, d))];

    public override LocalisationRow Row() => LocalisationTables.Row(
        Name, Tally.Metrics(), _gaussian!.MeanLogDensity(_held), _gaussian.ShrinkageIntensity);

    public override void Dispose()
    {
        _moments.Dispose();
        _gaussian?.Dispose();
        base.Dispose();
    }
}

/// <summary>Maps of the floor: how far the grey of each patch is from what it usually is there.</summary>
/// <param name="name">Name in the table.</param>
/// <param name="extraction">The backbone, for its grid and preprocessing.</param>
/// <param name="map">Which of the two maps.</param>
internal sealed class GreyMaps(string name, PatchExtraction extraction, Func<GreyCells, double[], HeatMap> map)
    : LocalisationMaps(name)
{
    private readonly GreyCells _cells = new(extraction.Grid);

    public override void Fit(PatchBatch batch)
    {
        foreach (var image in batch.Images) _cells.Add(CellsOf(image));
    }

    public override IReadOnlyList<HeatMap> Of(PatchBatch batch) =>
        [.. batch.Images.Select(i => map(_cells, CellsOf(i)))];

    private double[] CellsOf(RgbImage image) => _cells.Of(extraction.Recipe.ApplyPixels(image));
}
