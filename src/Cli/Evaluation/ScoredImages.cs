using MoodStream.Cli.Reports;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Imaging;

namespace MoodStream.Cli.Evaluation;

/// <summary>Finds the images behind scores, for pictures in a report.</summary>
/// <param name="data">The data sets.</param>
/// <param name="places">Number of each scored image in its data set, by the name of the set.</param>
internal sealed class ScoredImages(EvaluationDatasets data, IReadOnlyDictionary<string, IReadOnlyList<int>> places)
{
    private const int LargestSide = 144;

    /// <summary>Pictures of some images of a set with their scores.</summary>
    /// <param name="set">The set that was scored.</param>
    /// <param name="scores">Its scores, [N].</param>
    /// <param name="count">How many.</param>
    /// <param name="furthest">Whether those with the largest scores, or with the smallest.</param>
    public IEnumerable<(string Address, string Caption)> Extremes(
        EvaluationSet set, double[] scores, int count, bool furthest)
    {
        var ranked = Enumerable.Range(0, scores.Length).OrderBy(i => furthest ? -scores[i] : scores[i]).ThenBy(i => i);
        return Pictures(set, scores, ranked.Take(count));
    }

    /// <summary>Pictures of the images at some rows of a set, with their scores.</summary>
    public IEnumerable<(string Address, string Caption)> Pictures(EvaluationSet set, double[] scores, IEnumerable<int> rows)
    {
        foreach (var row in rows)
        {
            var (images, number) = ImageOf(set, row);
            if (images.Read(number).Image is not { } image) continue;
            yield return (DataAddress.Of("image/png", ImageEncoder.Png(Small(image))), $"{scores[row]:G4}");
        }
    }

    /// <summary>Class of a scored image; null where there are no labels.</summary>
    public int? ClassOf(EvaluationSet set, int row)
    {
        var (images, number) = ImageOf(set, row);
        return images.LabelOf(number);
    }

    /// <summary>Names of the classes of a set's images; empty where there are no labels.</summary>
    public IReadOnlyList<string> ClassNames(EvaluationSet set) => ImageOf(set, 0).Images.ClassNames;

    private (IImageDataset Images, int Number) ImageOf(EvaluationSet set, int row)
    {
        var (whole, place) = (set, (long)row);
        while (whole.Selection is { } from) (whole, place) = (from.Whole, from.Rows[(int)place]);
        return (data.All.First(d => d.Name == whole.Name).Images, places[whole.Name][(int)place]);
    }

    private static RgbImage Small(RgbImage image)
    {
        var scale = (double)LargestSide / Math.Max(image.Width, image.Height);
        return scale >= 1
            ? image
            : PillowResize.Resize(
                image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)), ResampleFilter.Bicubic);
    }
}
