using System.Diagnostics;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;

namespace MoodStream.Bench.RefitImages;

/// <summary>Gives each class of a data set a gate, and lets every shift come over it.</summary>
internal static class RefitImagesRun
{
    /// <summary>Images of other classes that AUROC is measured against.</summary>
    private const int OthersOfAGate = 400;

    /// <summary>Runs.</summary>
    /// <exception cref="CliException">A class has too few images.</exception>
    public static RefitImagesResult Run(RefitImagesPlan plan, IImageDataset dataset, Backbone backbone, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        var gates = Gates(plan, dataset);
        int[] images = [.. gates.SelectMany(g => g.Images.Concat(g.Others)).Distinct().Order()];
        ImageRows Extract(string title, Func<RgbImage, RgbImage> change) => ProgressBar.Run(
            title, images.Length, advance => ImageRows.Extract(backbone, dataset, images, change, advance, cancellation));
        var provenance = new GateProvenance
        {
            Gate = "bench", ModelHash = backbone.ModelHash, PreprocessingHash = backbone.PreprocessingHash, FittedAt = DateTimeOffset.UnixEpoch,
        };
        var plain = Extract("before", image => image);
        var shifts = plan.Shifts.Select(shift =>
        {
            var shifted = Extract(shift.Name, shift.Apply);
            return ShiftFigures.Of(shift, [.. gates.Select(g => g.Live(plan, provenance, plain, shifted))]);
        }).ToList();
        return new RefitImagesResult(
            dataset.Name, backbone.ModelHash, plan.Seed, plan.Promised, plan.Phases, shifts, Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }

    private static List<OneClassGate> Gates(RefitImagesPlan plan, IImageDataset dataset)
    {
        var random = new Random(plan.Seed);
        var order = Enumerable.Range(0, dataset.Count).ToArray();
        random.Shuffle(order);
        var byClass = order.ToLookup(i => dataset.LabelOf(i) ?? 0);
        return [.. (plan.Classes ?? [.. Enumerable.Range(0, Math.Max(1, dataset.ClassNames.Count))]).Select(Gate)];

        OneClassGate Gate(int label)
        {
            int[] own = [.. byClass[label].Take(plan.Phases.Total)];
            if (own.Length < plan.Phases.Total)
                throw new CliException($"{dataset.Name}: class {label} has {own.Length:N0} images; {plan.Phases.Total:N0} are wanted.");
            return new OneClassGate(
                dataset.ClassNames.Count == 0 ? "all" : dataset.ClassNames[label], own,
                [.. order.Where(i => dataset.LabelOf(i) != label).Take(OthersOfAGate)]);
        }
    }
}
