using System.CommandLine;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Gates;

namespace MoodStream.Cli.Statistics;

/// <summary><c>mood stats diff</c>: what a change of versions would mean.</summary>
internal static class StatsDiff
{
    private static readonly Argument<long> From = StatsOptions.Number("A", "The version that is measured with, the older one as a rule.");
    private static readonly Argument<long> To = StatsOptions.Number("B", "The other version.");

    private static readonly Option<string?> Images = new("--images")
    {
        Description = $"Images to compare the verdicts on: {DatasetName.Forms}. Default: none, the thresholds are compared on B's "
            + "calibration scores.",
        HelpName = "DATASET",
    };

    private static readonly Option<bool> SkipDamaged = new("--skip-damaged")
    {
        Description = "Leave out images that cannot be decoded, instead of stopping.",
    };

    private static readonly Option<FileInfo?> BackboneOption = BackboneFile.Option();
    private static readonly Option<int?> InputSize = BackboneFile.InputSize("as trained");
    private static readonly Option<bool> ShrinkOnLoad = BackboneFile.ShrinkOnLoad();

    internal static Command Diff() => StatsOptions.Verb(
            "diff", "Compare two versions: shift of the mean, covariance, thresholds, calibration scores, verdicts.",
            From, To, StatsOptions.Gate, Images, BackboneOption, InputSize, ShrinkOnLoad, SkipDamaged)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => RunAsync(session, parsed, cancellation)));

    private static async Task RunAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var gate = parsed.GetRequiredValue(StatsOptions.Gate);
        var (before, _) = await session.StatisticsAsync(gate, parsed.GetValue(From), cancellation);
        using (before)
        {
            var (after, _) = await session.StatisticsAsync(gate, parsed.GetValue(To), cancellation);
            using (after)
            {
                var agreement = parsed.GetValue(Images) is { } images
                    ? OnImages(parsed, images, before, after, cancellation)
                    : VersionComparison.OnCalibration(before, after);
                var difference = VersionComparison.Of(gate, parsed.GetValue(From), parsed.GetValue(To), before, after, agreement);
                foreach (var line in Lines(difference)) Console.WriteLine(line);
                JsonReport.Write(parsed.GetValue(StatsOptions.Json), difference, StatsJson.Types.VersionDifference);
            }
        }
    }

    private static VerdictAgreement OnImages(
        ParseResult parsed, string images, GateStatistics before, GateStatistics after, CancellationToken cancellation)
    {
        using var backbone = BackboneFile.Load(
            parsed.GetValue(BackboneOption), parsed.GetValue(InputSize), shrinkOnLoad: parsed.GetValue(ShrinkOnLoad));
        foreach (var (name, statistics) in new[] { ("A", before), ("B", after) })
            if (statistics.Provenance.DifferenceFrom(backbone) is { } difference)
                throw new CliException($"The statistics of {name} {difference}; name their backbone with --backbone, --input-size and --shrink-on-load.");
        var dataset = DatasetName.Open(images);
        using var set = new FeatureExtraction(backbone).ExtractWithProgress(dataset, parsed.GetValue(SkipDamaged), cancellation);
        return VersionComparison.OnFeatures(dataset.Name, set.Features, before, after);
    }

    private static IEnumerable<string> Lines(VersionDifference difference)
    {
        yield return $"gate {difference.Gate}: version {difference.From} -> {difference.To}";
        if (difference.Note is { } note) yield return note;
        if (difference.MeanShift is { } shift)
            yield return $"mean: shifted by {StatsViews.Text(shift)} standard deviations (whitened)"
                + (difference.LogDeterminantChange is { } change ? $"; ln det of the covariance {change:+0.###;-0.###;0}" : "");
        foreach (var threshold in difference.Thresholds)
            yield return $"threshold at {StatsViews.Text(threshold.Rate)}: {Value(threshold.From)} -> {Value(threshold.To)}";
        yield return $"calibration scores: KS distance {StatsViews.Text(difference.CalibrationKsDistance)} (p = {StatsViews.Text(difference.CalibrationKsPValue)})";
        var agreement = difference.Agreement;
        yield return $"verdicts on {agreement.Images:N0} of {agreement.Sample}: {agreement.Share:P2} agree; "
            + $"{agreement.AcceptedToReview:N0} accepted go to review, {agreement.ReviewToAccepted:N0} the other way";
    }

    private static string Value(double? threshold) => threshold is { } value ? StatsViews.Text(value) : "too few images";
}
