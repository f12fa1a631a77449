using MoodStream.Cli.Reports;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Metrics;

namespace MoodStream.Cli.Evaluation;

/// <summary>Plots, classes and pictures of a report.</summary>
internal static class EvaluationFigures
{
    private const int MostPairs = 12;
    private const int ImagesInStrip = 12;
    private const int HardestClasses = 10;

    /// <summary>ID and OOD scores that are shown together.</summary>
    private sealed record Pair(string Name, Trial Trial, double[] Id, IReadOnlyList<(EvaluationSet Set, double[] Scores)> Oods)
    {
        public double[] Ood { get; } = [.. Oods.SelectMany(o => o.Scores)];
    }

    /// <summary>Adds them.</summary>
    /// <param name="page">The page.</param>
    /// <param name="backbone">What was found.</param>
    /// <param name="images">The images behind the scores.</param>
    /// <param name="suffix">What tells this backbone from others in headings.</param>
    public static void AddTo(HtmlPage page, ComparedBackbone backbone, ScoredImages images, string suffix)
    {
        var outcome = backbone.Outcome;
        var featured = Featured(outcome);
        var byDetector = featured.ToDictionary(d => d, d => PairsOf(outcome, d).Take(MostPairs).ToArray());
        var pairs = byDetector[featured[0]];
        page.Section($"Scores of {featured[0]}{suffix}");
        page.Note($"The detector shown is {DetectorRegistry.Usual.Name} if it took part, else the first named: it is not chosen by its result.");
        page.Figures(pairs.Select(p => (
            ScorePlots.Histogram(p.Name, p.Id, p.Ood), $"Histogram of the scores of {p.Name}: AUROC {RocCurve.AurocOf(p.Id, p.Ood):F3}")));
        page.Section("ROC curves" + suffix);
        page.Figures(pairs.Select((p, i) => (
            ScorePlots.Roc(p.Name, [.. featured.Select(d => (d, byDetector[d][i].Id, byDetector[d][i].Ood))]),
            $"ROC curves for {p.Name}")));
        page.Section("Classes" + suffix);
        Classes(page, featured[0], pairs, images);
        page.Section("Images that look most and least in-distribution" + suffix);
        page.Note("Below each image its score: larger is further out.");
        foreach (var trial in pairs.GroupBy(p => p.Trial)) Extremes(page, [.. trial], images);
    }

    /// <summary>The detector shown in full, the floor, and the best three by mean AUROC, each once.</summary>
    private static string[] Featured(EvaluationOutcome outcome)
    {
        string[] ran = [.. outcome.Means.Select(m => m.Detector)];
        var main = ran.Contains(DetectorRegistry.Usual.Name) ? DetectorRegistry.Usual.Name : ran[0];
        var best = outcome.Means.OrderByDescending(m => m.Metrics.Auroc).Select(m => m.Detector).Take(3);
        return [.. best.Prepend(main).Append(DetectorRegistry.Pixels.Name).Where(ran.Contains).Distinct()];
    }

    private static IEnumerable<Pair> PairsOf(EvaluationOutcome outcome, string detector)
    {
        foreach (var scores in outcome.Scores.Where(s => s.Detector == detector))
        {
            var sets = scores.Trial.Oods.Zip(scores.Oods, (set, o) => (set, o.Scores)).ToArray();
            if (scores.Trial.MeanOver is { } together) yield return new Pair($"{scores.Trial.Name} against {together}", scores.Trial, scores.Id, sets);
            else
                foreach (var one in sets) yield return new Pair(one.set.Name, scores.Trial, scores.Id, [one]);
        }
    }

    private static void Classes(HtmlPage page, string detector, Pair[] pairs, ScoredImages images)
    {
        var first = pairs[0];
        var names = images.ClassNames(first.Trial.IdTest);
        if (names.Count > 1 && first.Trial.Class is null)
        {
            page.Part($"In-distribution classes: share of images beyond the threshold of {detector} that accepts 95 % of all");
            var threshold = FprAtTpr.ThresholdOf(first.Id, first.Ood);
            page.Table(["class", "images", "beyond the threshold"], ByClass(first.Trial.IdTest, first.Id, images)
                .OrderByDescending(g => g.Scores.Count(s => s > threshold) / (double)g.Scores.Length)
                .Select(g => ("", (IReadOnlyList<string>)
                    [names[g.Class], $"{g.Scores.Length}", $"{g.Scores.Count(s => s > threshold) / (double)g.Scores.Length:P1}"])));
        }
        foreach (var pair in pairs) HardestClassesOf(page, pair, images);
    }

    private static void HardestClassesOf(HtmlPage page, Pair pair, ScoredImages images)
    {
        var byClass = pair.Oods.SelectMany(o => images.ClassNames(o.Set) is { Count: > 1 } names
            ? ByClass(o.Set, o.Scores, images).Select(g => (Name: names[g.Class], g.Scores))
            : []).ToArray();
        if (byClass.Length < 2) return;
        page.Part($"{pair.Name}: the OOD classes that are hardest to tell apart ({Math.Min(HardestClasses, byClass.Length)} of {byClass.Length})");
        page.Table(["class", "images", "AUROC"], byClass
            .Select(g => (g.Name, g.Scores, Auroc: RocCurve.AurocOf(pair.Id, g.Scores))).OrderBy(g => g.Auroc).Take(HardestClasses)
            .Select(g => ("", (IReadOnlyList<string>)[g.Name, $"{g.Scores.Length}", $"{g.Auroc:F3}"])));
    }

    private static IEnumerable<(int Class, double[] Scores)> ByClass(EvaluationSet set, double[] scores, ScoredImages images) =>
        Enumerable.Range(0, scores.Length).GroupBy(i => images.ClassOf(set, i)!.Value).OrderBy(g => g.Key)
            .Select(g => (g.Key, g.Select(i => scores[i]).ToArray()));

    private static void Extremes(HtmlPage page, Pair[] pairs, ScoredImages images)
    {
        page.Part($"{pairs[0].Trial.IdTest.Name}: in-distribution images that look least so");
        page.Strip(images.Extremes(pairs[0].Trial.IdTest, pairs[0].Id, ImagesInStrip, furthest: true));
        foreach (var pair in pairs)
        {
            page.Part($"{pair.Name}: OOD images that look most in-distribution");
            page.Strip(Ranked(pair, images, furthest: false));
            page.Part($"{pair.Name}: OOD images that look least in-distribution");
            page.Strip(Ranked(pair, images, furthest: true));
        }
    }

    private static IEnumerable<(string Address, string Caption)> Ranked(Pair pair, ScoredImages images, bool furthest)
    {
        var ranked = pair.Oods.SelectMany(o => Enumerable.Range(0, o.Scores.Length).Select(i => (o.Set, o.Scores, Row: i)))
            .OrderBy(x => furthest ? -x.Scores[x.Row] : x.Scores[x.Row]).Take(ImagesInStrip);
        return ranked.SelectMany(x => images.Pictures(x.Set, x.Scores, [x.Row]));
    }
}
