using MoodStream.Mood.Verification;
using MoodStream.Mood.Weights;
using MoodStream.TestKit;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Verification;

/// <summary>Scores, p-values and metrics beside the reference programs of the golden kit, by the same code that <c>mood verify</c> runs.</summary>
public sealed class ScoreSectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    private static readonly IGoldenSection[] All = [new StatsSection(), new MetricsSection(), new ConformalSection()];

    public static TheoryData<string> Sections => [.. All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Sections))]
    public void Verify_EveryRowOfTheKit_IsWithinItsTolerance(string section)
    {
        var rows = Section(section).Verify(SharedFiles.Require("golden", section)).ToArray();
        Assert.True(rows.Count(r => r.Counts) > 50);
        Assert.Empty(rows.Where(r => !r.WithinTolerance).Select(r => $"{r.Case} {r.Output}: {r.LargestDifference} of {r.Tolerance} {r.Problem}"));
        Assert.All(rows, r => Assert.Equal(section, r.Section));
    }

    [Fact]
    public void Verify_OneExpectedScoreAltered_IsFoundByItsName()
    {
        var source = SharedFiles.Require("golden", "stats", "plain");
        var copy = Directory.CreateDirectory(Path.Combine(_folder, "plain")).FullName;
        foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var expected = Path.Combine(copy, "expected.safetensors");
        AlterFirstValue(expected, "mpp_neco.ood");

        var bad = Assert.Single(new StatsSection().Verify(_folder), r => !r.WithinTolerance);
        Assert.Equal(("stats", "plain", "mpp_neco"), (bad.Section, bad.Case, bad.Output));
    }

    [Fact]
    public void Verify_CaseWithoutItsFiles_IsARowWithAProblem()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        var row = Assert.Single(new StatsSection().Verify(_folder));
        Assert.Equal(("empty", false), (row.Case, row.WithinTolerance));
        Assert.NotNull(row.Problem);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AlterFirstValue(string path, string tensor)
    {
        using var scope = NewDisposeScope();
        (string Name, Tensor Value)[] tensors;
        using (var file = SafetensorsFile.Open(path)) tensors = [.. file.Tensors.Keys.Select(n => (n, file.Load(n)))];
        tensors.Single(t => t.Name == tensor).Value.add_(0.01);
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>());
    }

    private static IGoldenSection Section(string name) => All.Single(s => s.Name == name);
}
