using MoodStream.Cli.Features;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Evaluation;

/// <summary>One data set of an evaluation.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Images">The images.</param>
/// <param name="Hash">Hash of the images.</param>
internal sealed record EvaluatedDataset(string Name, IImageDataset Images, string Hash)
{
    /// <summary>Hashes its content.</summary>
    public static EvaluatedDataset Of(string name, IImageDataset images) => new(name, images, DatasetHash.Of(images));
}

/// <summary>A data set that was asked for and is not on this machine.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">What is missing, and how to get it.</param>
internal sealed record MissingDataset(string Name, string Reason);

/// <summary>The data sets of an evaluation.</summary>
/// <param name="IdTrain">In-distribution images to fit to.</param>
/// <param name="IdTest">In-distribution images to test with.</param>
/// <param name="Oods">Out-of-distribution sets.</param>
/// <param name="Missing">Out-of-distribution sets that were asked for and are left out.</param>
internal sealed record EvaluationDatasets(
    EvaluatedDataset IdTrain, EvaluatedDataset IdTest, IReadOnlyList<EvaluatedDataset> Oods,
    IReadOnlyList<MissingDataset> Missing)
{
    /// <summary>All of them.</summary>
    public IEnumerable<EvaluatedDataset> All => [IdTrain, IdTest, .. Oods];
}

/// <summary>The data sets as one backbone sees them, extracted once each and disposed together.</summary>
internal sealed class EvaluationFeatures : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <param name="data">The data sets.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="cache">Where features are kept.</param>
    /// <param name="skipDamaged">Whether images that cannot be decoded are left out.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public EvaluationFeatures(
        EvaluationDatasets data, Backbone backbone, FeatureCache cache, bool skipDamaged, CancellationToken cancellation)
    {
        EvaluationSet Open(EvaluatedDataset one)
        {
            var extracted = cache.Get(backbone, one.Images, one.Hash, () => new FeatureExtraction(backbone)
                .ExtractWithProgress(one.Images, skipDamaged: true, cancellation));
            _owned.Add(extracted);
            FeatureExtraction.RequireWhole(extracted, one.Images, skipDamaged);
            Places[one.Name] = extracted.Places;
            return new EvaluationSet(
                one.Name, () => extracted.Features.alias(), () => extracted.Pixels.alias(), extracted.Labels)
            {
                ClassNames = one.Images.ClassNames,
            };
        }
        (IdTrain, IdTest, Oods) = (Open(data.IdTrain), Open(data.IdTest), [.. data.Oods.Select(Open)]);
    }

    /// <summary>In-distribution images to fit to.</summary>
    public EvaluationSet IdTrain { get; }

    /// <summary>In-distribution images to test with.</summary>
    public EvaluationSet IdTest { get; }

    /// <summary>Out-of-distribution sets.</summary>
    public IReadOnlyList<EvaluationSet> Oods { get; }

    /// <summary>Number of each row's image in its data set, by the name of the set.</summary>
    public Dictionary<string, IReadOnlyList<int>> Places { get; } = [];

    public void Dispose()
    {
        foreach (var set in (EvaluationSet[])[IdTrain, IdTest, .. Oods]) set.Dispose();
        _owned.ForEach(o => o.Dispose());
    }
}
