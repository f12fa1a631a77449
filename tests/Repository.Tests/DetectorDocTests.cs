using MoodStream.Mood.Detectors;

namespace MoodStream.RepositoryTests;

/// <summary>The pages about detectors name those that the program knows, in its order, with what each needs.</summary>
public sealed class DetectorDocTests
{
    [Fact]
    public void CommandPage_Table_EqualsTheRegistry() =>
        DocTable.MustBe("docs/command.md", "Detectors", [.. DetectorRegistry.All.Select(d => new[]
        {
            Code(d.Name), InputOf(d), LabelsOf(d), d.NeedsClassifier ? "needed" : "not needed",
        })]);

    [Fact]
    public void MethodPage_Table_EqualsTheRegistry() =>
        DocTable.MustBe("docs/method.md", "Detectors", [.. DetectorRegistry.All.Select(d => new[] { Code(d.Name) })]);

    [Fact]
    public void MathsPage_Headings_AreTheDetectorsOfTheRegistry()
    {
        const string detectors = "## Detectors";
        var lines = File.ReadLines(Checkout.PathOf("docs", "maths.md"))
            .SkipWhile(l => l != detectors).Skip(1)
            .TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal));

        var headings = lines.Where(l => l.StartsWith("### ", StringComparison.Ordinal)).Select(l => l["### ".Length..]);

        Assert.Equal(DetectorRegistry.All.Select(d => Code(d.Name)).Order(), headings.Order());
    }

    private static string InputOf(Detector detector) => detector.Input switch
    {
        DetectorInput.Features => "features",
        DetectorInput.Pixels => "pixels",
        _ => "features and pixels",
    };

    private static string LabelsOf(Detector detector) =>
        !detector.UsesLabels ? "ignored"
        : detector.FewestClasses > 1 ? $"{detector.FewestClasses} classes or more"
        : "used where given";

    private static string Code(string text) => $"`{text}`";
}
