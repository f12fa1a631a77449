using MoodStream.Cli.Terminal;

namespace MoodStream.CliTests.Terminal;

[Collection(nameof(TheConsole))]
public sealed class MoodCommandTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("gateway")]
    [InlineData("scorer")]
    [InlineData("trainer")]
    [InlineData("fit")]
    [InlineData("score")]
    [InlineData("evaluate")]
    [InlineData("pretrain")]
    [InlineData("topics", "create")]
    [InlineData("topics", "check")]
    [InlineData("ingest", "folder")]
    [InlineData("ingest", "tree")]
    [InlineData("ingest", "video")]
    [InlineData("ingest", "orthanc")]
    public async Task Run_HelpOfAVerb_ExplainsItselfAndSucceeds(params string[] verb)
    {
        var (exit, output, _) = await InProcess.RunAsync([.. verb, "--help"]);
        Assert.Equal(0, exit);
        Assert.Contains("--verbose", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-verb")]
    [InlineData("ingest", "tree")]
    [InlineData("ingest", "tree", ".", "--gateway", "somewhere")]
    [InlineData("ingest", "tree", ".", "--at-once", "0")]
    [InlineData("ingest", "video", "camera")]
    [InlineData("ingest", "video", "camera=a.mp4", "--every", "0")]
    [InlineData("ingest", "orthanc", "ftp://server")]
    [InlineData("fit")]
    [InlineData("demo", "--for", "soon")]
    [InlineData("demo", "--rate", "-1")]
    [InlineData("demo", "--id", "somewhere")]
    [InlineData("evaluate", "--protocol", "three-class", "--id-train", "a", "--id-test", "b")]
    [InlineData("evaluate", "--id-train", "a", "--id-test", "b")]
    [InlineData("pretrain", "--method", "magic", "--data", "a", "--out", "b")]
    [InlineData("scorer", "--set", "MoodStream:Scorer:Device=abacus")]
    public async Task Run_WrongUsage_ExitsWith2AndSaysWhy(params string[] args)
    {
        var (exit, _, error) = await InProcess.RunAsync(args);
        Assert.Equal(ExitCode.WrongUsage, exit);
        Assert.NotEmpty(error);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fit", "--id", "nowhere", "--out", "x")]
    [InlineData("ingest", "folder", "nowhere")]
    [InlineData("score", "--statistics", "nowhere", "--images", "nowhere", "--csv", "x")]
    [InlineData("fit", "--backbone", "nowhere", "--id", "nowhere", "--out", "x")]
    public async Task Run_MissingInput_ExitsWith1InOneLine(params string[] args)
    {
        var (exit, _, error) = await InProcess.RunAsync(args);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("nowhere", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ScorerWithSeveralWrongSettings_NamesThemAll()
    {
        var (exit, _, error) = await InProcess.RunAsync("scorer", "--port", "0",
            "--set", "MoodStream:Scorer:Device=abacus", "--set", "MoodStream:Scorer:MaxBatchCount=0", "--set", "MoodStream:Kafka:BootstrapServers=");
        Assert.Equal(ExitCode.WrongUsage, exit);
        Assert.All(["MoodStream:Scorer:Device", "MoodStream:Scorer:MaxBatchCount", "MoodStream:Scorer:Gates", "MoodStream:Kafka:BootstrapServers"],
            key => Assert.Contains(key, error, StringComparison.Ordinal));
    }
}
